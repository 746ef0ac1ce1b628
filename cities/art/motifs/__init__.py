"""What a poster may show. Each motif takes the scene and returns the parts of a drawing."""

from .bridge import bridge
from .canoe import canoe
from .lighthouse import lighthouse
from .pagoda import pagoda
from .rings import rings
from .river import river
from .sails import sails
from .swingbridge import swingbridge
from .windpump import windpump

MOTIFS = {
    "bridge": bridge,
    "sails": sails,
    "canoe": canoe,
    "lighthouse": lighthouse,
    "river": river,
    "swingbridge": swingbridge,
    "windpump": windpump,
    "pagoda": pagoda,
    "rings": rings,
}
