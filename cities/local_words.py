"""Labels, numbers and bearings beside a welcome page, in that page's language.

A native speaker should check each table together with its page (see open questions in the admin).
"""

from dataclasses import dataclass, field

THIN = "\u202f"  # French groups thousands by a narrow space that does not break


@dataclass(frozen=True)
class LocalWords:
    """How one language says where and when. `winds`: its abbreviations for N, E, S and W."""

    norfolk: str = "Norfolk"
    bearing: str = "Bearing from Norfolk"
    distance: str = "Distance"
    in_english: str = "in English"
    comma: str = ","
    miles: bool = False
    unit: str = "km"
    winds: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(
        default_factory=dict
    )  # whole winds that are not letter by letter

    def number(self, count: int) -> str:
        """A whole number the way this language groups it: "6.458", "6 752"."""
        return f"{count:,}".replace(",", self.comma)

    def wind(self, point: str) -> str:
        """One of the sixteen points of nsca.lib.geo, "NNW", as this language abbreviates it."""
        return self.names.get(point) or "".join(self.winds.get(letter, letter) for letter in point)


ENGLISH = LocalWords()

_JAPANESE = {"N": "北", "E": "東", "S": "南", "W": "西"}
# Chinese names the main direction first: 东北, and 东东北 next to it.
_CHINESE = {
    "N": "北", "NNE": "北东北", "NE": "东北", "ENE": "东东北",
    "E": "东", "ESE": "东东南", "SE": "东南", "SSE": "南东南",
    "S": "南", "SSW": "南西南", "SW": "西南", "WSW": "西西南",
    "W": "西", "WNW": "西西北", "NW": "西北", "NNW": "北西北",
}  # fmt: skip

BY_LANGUAGE = {
    "en-GB": LocalWords(miles=True, unit="mi", in_english="as Norfolk sees it"),
    "en": LocalWords(in_english="as Norfolk sees it"),
    "de": LocalWords(
        bearing="Richtung von Norfolk aus",
        distance="Entfernung",
        in_english="auf Englisch",
        comma=".",
        winds={"E": "O"},
    ),
    "fr": LocalWords(
        bearing="Cap depuis Norfolk",
        distance="Distance",
        in_english="en anglais",
        comma=THIN,
        winds={"W": "O"},
    ),
    "fil": LocalWords(bearing="Direksiyon mula Norfolk", distance="Layo", in_english="sa Ingles"),
    "ja": LocalWords(
        norfolk="ノーフォーク",
        bearing="ノーフォークからの方角",
        distance="距離",
        in_english="英語版",
        winds=_JAPANESE,
        names={"NE": "北東", "SE": "南東", "SW": "南西", "NW": "北西"},
    ),
    "zh": LocalWords(
        norfolk="诺福克",
        bearing="自诺福克的方位",
        distance="距离",
        in_english="英文页面",
        unit="公里",
        names=_CHINESE,
    ),
}


def local_words(lang: str) -> LocalWords:
    """The words for a language tag (BCP 47): its own, else its language's, else English."""
    return BY_LANGUAGE.get(lang) or BY_LANGUAGE.get(lang.partition("-")[0]) or ENGLISH


def speaks(lang: str) -> bool:
    """Whether we have labels in this language."""
    return local_words(lang) is not ENGLISH
