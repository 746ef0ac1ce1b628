"""Everything that differs between machines comes from the environment; README.md has the table."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- What kind of site this is -------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
# Like production, but without keys: pretend payments, e-mails to files, sample data.
DEMO = env.bool("DEMO", False)
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
IS_HTTPS = SITE_URL.startswith("https://")
# What the site writes: database, media, e-mails.
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))

# nsca.ops.checks refuses to start with this key outside DEBUG and DEMO.
SECRET_KEY = env.str("SECRET_KEY", "insecure-only-for-debug-and-demonstration-never-for-guests")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Keys for the venues of secret events, newest first, kept outside the database. Empty: one is
# derived from SECRET_KEY, so that there is only one key to lose.
VENUE_KEYS = env.list("VENUE_KEYS", default=[])
# age's public keys, with which backups are encrypted; only the private key's owner can read them.
BACKUP_PUBLIC_KEY = env.list("BACKUP_PUBLIC_KEY", default=[])
# Days until a canceled event's venue is wiped: long enough to notice a mistake.
CANCELLED_PLACE_DAYS = env.int("CANCELLED_PLACE_DAYS", 7)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- Applications --------------------------------------------------------------------------------
INSTALLED_APPS = [
    "nsca.apps.NscaConfig",
    "nsca.lib.apps.LibConfig",
    "events.apps.EventsConfig",
    "cities.apps.CitiesConfig",
    "membership.apps.MembershipConfig",
    "orders.apps.OrdersConfig",
    "pages.apps.PagesConfig",
    "nsca.apps.NscaAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",  # its templates, for FORM_RENDERER
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "simple_history",
    "import_export",
    "imagekit",
    "post_office",
    "django_prose_editor",
    "csp",
]

MIDDLEWARE = [
    # request.now and request.id: first, so that everything has them
    "nsca.middleware.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    # outside everything that can fail: errors carry the headers, too
    "nsca.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "nsca.middleware.RefuseHostileInputMiddleware",
    # before sessions: a cached page costs no query and sets no cookie
    "nsca.middleware.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "nsca.middleware.SignedInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "nsca.middleware.TooOftenMiddleware",
    "nsca.middleware.SiteWordMiddleware",
    "nsca.middleware.SecondFactorMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "nsca.middleware.OldAddressMiddleware",
]

ROOT_URLCONF = "nsca.urls"
WSGI_APPLICATION = "nsca.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                # Both are lazy: a public page must not ask them for `user` or `messages`.
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "nsca.site.context.site",
            ],
            "builtins": ["nsca.templatetags.voice"],
        },
    }
]
FORM_RENDERER = "nsca.site.forms.Renderer"

# --- Database and cache --------------------------------------------------------------------------
DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'nsca.sqlite3'}")
}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    from nsca.lib.db.sqlite import SQLITE_OPTIONS

    _database["OPTIONS"] = SQLITE_OPTIONS
    # Opening the file costs each request 3 ms: Django registers its functions on every connection.
    _database["CONN_MAX_AGE"] = 600
else:
    # The default of 0 reconnects for every request and halves throughput.
    _database["CONN_MAX_AGE"] = 600
    _database["CONN_HEALTH_CHECKS"] = True
    _database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # Shared between processes: throttles, the circuit breaker, the content's version.
    "default": env.cache_url("CACHE_URL", default="dbcache://nsca_cache")
    | {"TIMEOUT": 300, "KEY_PREFIX": "nsca"},
    # Finished public pages, in each worker's own memory (nsca.lib.web.caching).
    "pages": {
        "BACKEND": "nsca.lib.web.memory.UncopiedCache",
        "OPTIONS": {"MAX_ENTRIES": 500},  # per worker; about 60 KB each with its encodings
    },
}
if CACHES["default"]["BACKEND"].endswith("RedisCache"):
    # Seconds; without them a silent server would hold up every request forever.
    CACHES["default"].setdefault("OPTIONS", {}).update(socket_connect_timeout=1, socket_timeout=1)
if CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
    CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 20_000}

# --- People --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "membership.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "membership:home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "membership.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
# allauth's own code would be in the session; ours is from membership.accounts.sign_in. The name of
# its page stays.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Nobody signs up here: an unproven address was entered by the office, not by a stranger.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_REAUTHENTICATION_REQUIRED = False  # membership.accounts.urls asks again, by e-mail
MFA_ADAPTER = "membership.accounts.seeds.Adapter"
MFA_FORMS = {
    "authenticate": "membership.accounts.forms.CodeForm",
    "authenticate_webauthn": "membership.accounts.forms.PasskeyForm",
    "reauthenticate": "membership.accounts.forms.CodeAgainForm",
    "reauthenticate_webauthn": "membership.accounts.forms.PasskeyAgainForm",
}
MFA_TOTP_ISSUER = "Norfolk Sister City Association"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
# Staff sign in with a second factor; a demonstration has nothing to protect.
STAFF_NEED_SECOND_FACTOR = not (DEBUG or DEMO)

# --- Money ---------------------------------------------------------------------------------------
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", "")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "")  # a fake Stripe, with test keys only
# Half of a process's threads, at most, wait for Stripe (orders/payments/lanes.py).
PAYMENT_THREADS = max(1, env.int("GUNICORN_THREADS", 4) // 2)
# Where browsers are sent to pay. Chromium applies form-action to redirects, too.
CHECKOUT_ORIGINS = [
    "https://checkout.stripe.com",
    "https://billing.stripe.com",  # where a card is changed
    *([STRIPE_API_BASE] if STRIPE_API_BASE else []),
]

# --- Mail ----------------------------------------------------------------------------------------
# django-anymail's providers, by the scheme of EMAIL_URL; their keys are in ANYMAIL, a JSON object.
_ESPS = (
    "brevo", "mailersend", "mailgun", "mailjet", "mandrill", "postal", "postmark", "resend",
    "sendgrid", "sparkpost",
)  # fmt: skip
environ.Env.EMAIL_SCHEMES = environ.Env.EMAIL_SCHEMES | {
    name: f"anymail.backends.{name}.EmailBackend" for name in _ESPS
}
ANYMAIL = env.json("ANYMAIL", {})
_mail = env.email_url(
    "EMAIL_URL", default=f"filemail:///{VAR_DIR / 'mail'}" if DEMO else "consolemail://"
)
OUTGOING_EMAIL_BACKEND = _mail.pop("EMAIL_BACKEND")
for _name, _value in _mail.items():
    globals()[_name] = _value
EMAIL_TIMEOUT = 10  # seconds
# The outbox: written in the same transaction as the reason, sent by the ticker.
EMAIL_BACKEND = "post_office.EmailBackend"
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", "Norfolk Sister City Association <staff@norfolksistercities.org>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# E-mails that the mail server accepts in an hour, reveals first; empty: no limit.
MAIL_PER_HOUR = int(env.str("MAIL_PER_HOUR", "") or 0)
POST_OFFICE = {
    "BACKENDS": {"default": OUTGOING_EMAIL_BACKEND},
    # For what nsca.lib.mail.mail does not write: sign-in codes, for which somebody waits.
    "DEFAULT_PRIORITY": "high",
    # post_office marks e-mails as sent once per batch: with a batch of one, a crash repeats one.
    "BATCH_SIZE": 1,
    "MAX_RETRIES": 8,
    "RETRY_INTERVAL": timedelta(minutes=5),
    "CELERY_ENABLED": False,
    "FILE_STORAGE": "outbox",
    "MESSAGE_ID_ENABLED": True,
    "MESSAGE_ID_FQDN": SITE_URL.split("//")[-1].split(":")[0],
}

# --- Words, time, files --------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "America/New_York"  # what staff type and see; the database stores UTC
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = env.str("MEDIA_URL", "/media/")
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "nsca.lib.web.assets.Assets"
    },
}
if env.str("S3_BUCKET", ""):
    from botocore.config import Config  # only here: it takes a second to import

    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.str("S3_BUCKET"),
            "endpoint_url": env.str("S3_ENDPOINT_URL", "") or None,
            "access_key": env.str("S3_ACCESS_KEY", "") or None,
            "secret_key": env.str("S3_SECRET_KEY", "") or None,
            "client_config": Config(
                connect_timeout=3, read_timeout=8, retries={"max_attempts": 2}
            ),
            "querystring_auth": False,
            "file_overwrite": False,
        },
    }
# Attachments of waiting e-mails are private: outside MEDIA_ROOT, which the web serves.
STORAGES["outbox"] = {
    "BACKEND": "nsca.lib.mail.outbox.SealedFiles",
    "OPTIONS": {"location": VAR_DIR / "outbox"},
}
WHITENOISE_MAX_AGE = 3600
IMAGEKIT_DEFAULT_CACHEFILE_STRATEGY = "imagekit.cachefiles.strategies.Optimistic"
IMAGEKIT_CACHE_BACKEND = "pages"  # renditions are found by name; its records are not needed

# --- Limits: hostile input is refused before any work is done on it ------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes of a form; uploaded pictures count separately
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
MAX_BODY_BYTES = 30_000_000  # of a whole request, pictures included

# --- Security ------------------------------------------------------------------------------------
# How many proxies of ours write X-Forwarded-For. Anything else in it is the visitor's own claim,
# with which they would escape every throttle.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 1 if IS_HTTPS else 0)
# For a monitor elsewhere: with it /readyz says what is wrong, not just that something is.
READYZ_TOKEN = env.str("READYZ_TOKEN", "")
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [
    r"^healthz$",
    r"^readyz$",
]  # asked by the machine itself, without the proxy
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_ENGINE = "nsca.lib.web.sessions"  # the table stores digests of the cookies
SESSION_COOKIE_NAME = "__Host-nsca_session" if IS_HTTPS else "nsca_session"
CSRF_COOKIE_NAME = "__Host-nsca_csrf" if IS_HTTPS else "nsca_csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "nsca.site.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],  # the nonce of pages that ask for one: the editor
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [NONE],  # only the door's pages differ
        "form-action": [SELF, *CHECKOUT_ORIGINS],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
PERMISSIONS_POLICY = {
    "camera": "self",  # the door scans tickets
    **dict.fromkeys(
        ("accelerometer", "geolocation", "gyroscope", "microphone", "payment", "usb"), ()
    ),
}
if STORAGES["default"]["BACKEND"].startswith("storages") and MEDIA_URL.startswith("https://"):
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"].append("/".join(MEDIA_URL.split("/")[:3]))

# --- Logs: JSON, with a request id and without personal data -------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request": {"()": "nsca.ops.logs.RequestFilter"},
        "foreseen": {"()": "nsca.ops.logs.ForeseenFilter"},
    },
    "formatters": {"json": {"()": "nsca.ops.logs.JsonFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request"]},
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "django.request": {"filters": ["foreseen"]},
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # SQL has parameters, and parameters have people's data.
        "django.db.backends": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        # It would set up its own handlers, and say every few seconds that there is no e-mail.
        "post_office": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "stripe": {"level": "WARNING"},
    },
}
DEFAULT_EXCEPTION_REPORTER_FILTER = "nsca.ops.logs.NoValuesFilter"
SENTRY_DSN = env.str("SENTRY_DSN", "")
if SENTRY_DSN:
    from nsca.ops.logs import start_sentry

    start_sentry(SENTRY_DSN)
