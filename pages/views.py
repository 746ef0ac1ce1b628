"""Pages about the association, news, contact, search and the newsletter."""

import hashlib

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from nsca.lib.web.caching import changes_at, public_cache
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import TooOften, address_of, spend
from pages.contact.contact import receive
from pages.content.menu import menu_of, trail_to
from pages.content.snippets import context_of, marked
from pages.forms import ContactForm, NewsletterForm
from pages.models import Page, Post, Subscriber
from pages.newsletter import subscribing
from pages.search import search as finder

POSTS_A_PAGE = 10
HOUR = 3600  # seconds
REFUSED = 422  # what was sent could be read but not accepted

# These pages use no session or messages, though they are not cached.
IMPERSONAL = {"is_public": True}


# --- About -------------------------------------------------------------------------------------
@require_safe
@public_cache(seconds=HOUR)
def about(request):
    return page_response(request, "")


@require_safe
@public_cache(seconds=HOUR)
def page(request, path):
    if not path:
        raise Http404
    return page_response(request, path)


def page_response(request, path: str):
    """Show a page with its menu, cached until the page or the menu changes."""
    pages = list(
        Page.objects.filter(is_draft=False).only(
            "path", "title", "menu_title", "position", "in_menu", "is_draft", "publish_at"
        )
    )
    changes_at(request, *(one.publish_at for one in pages))
    shown = get_object_or_404(Page.objects.published(request.now), path=path)
    published = [one for one in pages if one.is_published(request.now)]
    return render_page(request, shown, published)


def render_page(request, shown: Page, published: list[Page]):
    """Render a page, also for previews: `shown` may be a draft, `published` make the menu."""
    return render(
        request,
        "pages/page.html",
        {"page": shown, "menu": menu_of(published, shown), "trail": trail_to(shown, published)},
    )


# --- News ----------------------------------------------------------------------------------------
@require_safe
@public_cache(seconds=HOUR, query=("page",))
def news(request):
    end_at_next_post(request)
    pages = Paginator(Post.objects.published(request.now).defer("body"), POSTS_A_PAGE)
    try:
        page_obj = pages.page(request.GET.get("page") or 1)
    except InvalidPage as error:
        raise Http404("There is no such page of news.") from error
    return render(
        request, "pages/news.html", {"page_obj": page_obj, "posts": page_obj.object_list}
    )


@require_safe
@public_cache(seconds=HOUR)
def post(request, slug):
    end_at_next_post(request)
    shown = get_object_or_404(Post.objects.published(request.now), slug=slug)
    return render_post(request, shown)


def render_post(request, shown: Post):
    """Render a post, also for previews: `shown` may be a draft."""
    published = Post.objects.published(request.now).exclude(pk=shown.pk).defer("body")
    trail = [("News", reverse("pages:news"))]
    context = {"post": shown, "others": published[:3], "trail": trail}
    return render(request, "pages/post.html", context)


def end_at_next_post(request) -> None:
    """Cache news only until the next post appears."""
    following = Post.objects.filter(is_draft=False, publish_at__gt=request.now)
    changes_at(
        request, following.order_by("publish_at").values_list("publish_at", flat=True).first()
    )


# --- Contact -------------------------------------------------------------------------------------
@same_origin_form
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request):
    if request.method != "POST":
        about = " ".join(request.GET.get("about", "").split())[:120]
        return _contact_page(request, ContactForm(at=request.now, initial={"about": about}))
    form = ContactForm(request.POST, at=request.now)
    if not form.is_valid():
        form.once_more()
        return _contact_page(request, form, status=REFUSED)
    try:
        spend("contact", address_of(request), limit=5, seconds=HOUR, at=request.now)
    except TooOften as wait:
        return _contact_page(request, form, status=429, wait=wait.retry_after)
    words = {name: form.cleaned_data[name] for name in ("name", "email", "about", "text")}
    receive(**words, key=form.key, at=request.now)
    return redirect("pages:contact_thanks")


def _contact_page(request, form, *, status=200, wait: int | None = None):
    context = {"form": form, "wait_minutes": _minutes(wait), **IMPERSONAL}
    return _with_wait(render(request, "pages/contact.html", context, status=status), wait)


@require_safe
@public_cache(seconds=HOUR)
def contact_thanks(request):
    return render(request, "pages/contact_thanks.html")


# --- Search --------------------------------------------------------------------------------------
@require_safe
@public_cache(seconds=300, query=("q",))
def search(request):
    """Search the site; not throttled, since answers come from memory in milliseconds."""
    found = finder.find(request.GET.get("q", ""), at=request.now)
    changes_at(request, found.changes_at)
    groups = [
        (
            group,
            [
                (hit.document, marked(hit.document.title, hit.words), context_of(hit))
                for hit in group.hits
            ],
        )
        for group in found.groups
    ]
    return render(request, "pages/search.html", {"found": found, "groups": groups})


# --- Newsletter ---------------------------------------------------------------------------------
@same_origin_form
@require_http_methods(["GET", "HEAD", "POST"])
def newsletter(request):
    if request.method != "POST":
        return _newsletter_page(request, NewsletterForm(at=request.now))
    form = NewsletterForm(request.POST, at=request.now)
    if not form.is_valid():
        form.once_more()
        return _newsletter_page(request, form, status=REFUSED)
    email = form.cleaned_data["email"]
    try:
        spend("newsletter", address_of(request), limit=5, seconds=HOUR, at=request.now)
    except TooOften as wait:
        return _newsletter_page(request, form, status=429, wait=wait.retry_after)
    try:
        # Nobody can flood another's mailbox, and the answer does not reveal the attempt.
        digest = hashlib.blake2b(email.encode(), digest_size=16).hexdigest()
        spend("newsletter-to", digest, limit=3, seconds=24 * HOUR, at=request.now)
    except TooOften:
        return redirect("pages:newsletter_asked")
    subscribing.ask(email=email, at=request.now)
    return redirect("pages:newsletter_asked")


def _newsletter_page(request, form, *, status=200, wait: int | None = None):
    context = {"form": form, "wait_minutes": _minutes(wait), **IMPERSONAL}
    return _with_wait(render(request, "pages/newsletter.html", context, status=status), wait)


@require_safe
@public_cache(seconds=HOUR)
def newsletter_asked(request):
    return render(request, "pages/newsletter_asked.html")


@same_origin_form
@require_http_methods(["GET", "HEAD", "POST"])
def newsletter_confirm(request, token):
    """Ask on GET, since mail scanners open links; confirm on POST."""
    subscriber = get_object_or_404(Subscriber, token=token)
    if request.method == "POST":
        try:
            subscriber = subscribing.confirm(token=token, at=request.now)
        except subscribing.TooLate:
            return _letter(request, "too_late", subscriber, status=410)
        return _letter(request, "confirmed", subscriber)
    if subscriber.is_subscribed:
        return _letter(request, "confirmed", subscriber)
    if subscriber.left_at is not None or not subscribing.may_be_confirmed(subscriber, request.now):
        return _letter(request, "too_late", subscriber, status=410)
    return _letter(request, "confirm", subscriber)


@csrf_exempt  # RFC 8058: the mail program posts without cookies; the link itself is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def newsletter_leave(request, token):
    subscriber = get_object_or_404(Subscriber, token=token)
    if request.method == "POST":
        subscribing.leave(token=token, at=request.now)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse("You are off the list.\n", content_type="text/plain")
        return _letter(request, "left", subscriber)
    return _letter(request, "left" if subscriber.left_at else "leave", subscriber)


def _letter(request, state: str, subscriber: Subscriber, *, status=200):
    response = render(
        request,
        "pages/newsletter_letter.html",
        {"state": state, "subscriber": subscriber, **IMPERSONAL},
        status=status,
    )
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is a key
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _minutes(seconds: int | None) -> int | None:
    return None if seconds is None else max(1, -(-seconds // 60))


def _with_wait(response, seconds: int | None):
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response
