"""Gates in front of views: throttles, the staff's second factor, the old site's addresses."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponsePermanentRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from membership.accounts import second_factor, sessions
from membership.security import network
from nsca.lib.web.throttle import TooOften, address_of
from nsca.site import errors
from pages.models import Redirect


class SignedInMiddleware(AuthenticationMiddleware):
    """Django's own, plus a session's limits (membership.accounts.sessions).

    Still lazy: a page that does not ask who is there touches no session.
    """

    def __call__(self, request):
        token = network.here.set(address_of(request))
        try:
            return super().__call__(request)
        finally:
            network.here.reset(token)

    def process_request(self, request):
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: self._user_of(request))

    def _user_of(self, request):
        if not hasattr(request, "_cached_user"):
            user = auth.get_user(request)
            if user.is_authenticated and not sessions.goes_on(request, user):
                request.session.flush()
                user = AnonymousUser()
            request._cached_user = user
        return request._cached_user


class TooOftenMiddleware:
    """Turns TooOften, from any view, into the page that says how long to wait."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, TooOften):
            return errors.too_often(request, exception.retry_after)
        return None


class SiteWordMiddleware:
    """allauth calls the current host `site`, which is our word for the association's settings."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_template_response(self, request, response):
        if response.context_data:
            response.context_data.pop("site", None)
        return response


class SecondFactorMiddleware:
    """Keeps any session without a second factor out of the admin.

    It must prove one first, or set one up, no matter who owns it or when they joined the staff.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if (
            settings.STAFF_NEED_SECOND_FACTOR
            and request.path_info.startswith("/admin/")
            and request.user.is_authenticated
            and request.user.is_staff
            and not (second_factor.is_proven(request) and is_mfa_enabled(request.user))
        ):
            words = "Before you enter the admin, prove in a second way that it is you."
            messages.info(request, words)
            to = request.get_full_path() if request.method == "GET" else reverse("admin:index")
            return redirect(second_factor.way_to_prove(request, to=to))
        return self.get_response(request)


class OldAddressMiddleware:
    """Redirects addresses of the association's old site (301), if nothing is there now."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        path = request.path if request.path.endswith("/") else request.path + "/"
        moved = Redirect.objects.filter(old_path=path[:300]).first()
        return HttpResponsePermanentRedirect(moved.new_path) if moved else response
