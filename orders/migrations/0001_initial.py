import django.db.models.deletion
import django.db.models.expressions
import nsca.lib.secrets.codes
import nsca.lib.secrets.link_tokens
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("membership", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Payout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider_id", models.CharField(editable=False, max_length=255, unique=True)),
                ("cents", models.IntegerField()),
                ("state", models.CharField(max_length=20)),
                ("arrives_on", models.DateField()),
            ],
            options={
                "ordering": ["-arrives_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PendingEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.CharField(max_length=255, unique=True)),
                ("kind", models.CharField(max_length=120, verbose_name="type")),
                ("livemode", models.BooleanField(default=False)),
                ("object_id", models.CharField(max_length=255)),
                ("intent_id", models.CharField(blank=True, max_length=255)),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["received_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="StripeEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.CharField(max_length=255, unique=True)),
                ("kind", models.CharField(max_length=120, verbose_name="type")),
                ("livemode", models.BooleanField(default=False)),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "Stripe event",
                "ordering": ["-received_at"],
            },
        ),
        migrations.CreateModel(
            name="Traffic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gateway", models.CharField(max_length=10, unique=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("rests_until", models.DateTimeField(null=True)),
                ("next_turn_at", models.DateTimeField(null=True)),
                ("silent_since", models.DateTimeField(null=True)),
                ("refused_since", models.DateTimeField(null=True)),
                ("refused_what", models.CharField(blank=True, max_length=40)),
                ("refused_because", models.CharField(blank=True, max_length=60)),
                ("probed_at", models.DateTimeField(null=True)),
                ("reconciled_until", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "traffic",
            },
        ),
        migrations.CreateModel(
            name="Deposit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(editable=False, unique=True)),
                ("opened_at", models.DateTimeField(editable=False)),
                ("handed_over_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "cash_cents",
                    models.PositiveIntegerField(
                        blank=True, editable=False, null=True, verbose_name="cash"
                    ),
                ),
                (
                    "check_cents",
                    models.PositiveIntegerField(
                        blank=True, editable=False, null=True, verbose_name="checks"
                    ),
                ),
                (
                    "acknowledged_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="counted at"
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        help_text="For staff: the bank's reference, or a miscount.",
                        max_length=300,
                    ),
                ),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="counted by",
                    ),
                ),
                (
                    "handed_over_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="order", unique=True
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        default=nsca.lib.secrets.codes.order_number,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("held", "held"), ("paid", "paid"), ("expired", "expired")],
                        default="held",
                        max_length=10,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("online", "online"),
                            ("cash", "cash"),
                            ("cheque", "check"),
                            ("invoice", "invoice to a sponsor"),
                            ("complimentary", "complimentary"),
                        ],
                        default="online",
                        max_length=16,
                    ),
                ),
                ("buyer_name", models.CharField(max_length=150)),
                (
                    "buyer_email",
                    models.EmailField(
                        blank=True,
                        help_text="Receives the tickets and the receipt, and may learn the location.",
                        max_length=254,
                        verbose_name="buyer's e-mail",
                    ),
                ),
                (
                    "buyer_phone",
                    models.CharField(
                        blank=True,
                        help_text="For a call if e-mail fails.",
                        max_length=40,
                        verbose_name="buyer's phone",
                    ),
                ),
                (
                    "submission_key",
                    nsca.lib.secrets.link_tokens.SubmissionKeyField(
                        editable=False, max_length=64, unique=True
                    ),
                ),
                ("terms_text", models.TextField(blank=True, editable=False)),
                ("placed_at", models.DateTimeField()),
                ("held_until", models.DateTimeField()),
                ("paid_at", models.DateTimeField(blank=True, null=True)),
                (
                    "expired_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="expired at"),
                ),
                (
                    "confirmation_due_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "note",
                    models.TextField(blank=True, help_text="For staff only. Buyers never see it."),
                ),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-placed_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ticket", "ticket"),
                            ("dues", "dues"),
                            ("gift", "gift"),
                            ("addon", "add-on"),
                        ],
                        max_length=10,
                    ),
                ),
                ("subject_id", models.PositiveBigIntegerField(blank=True, null=True)),
                ("label", models.CharField(max_length=200)),
                ("quantity", models.PositiveIntegerField(default=1)),
                ("unit_cents", models.PositiveIntegerField()),
                ("fair_value_cents", models.PositiveIntegerField(default=0, null=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("heading", models.CharField(blank=True, max_length=200)),
                ("committee", models.CharField(blank=True, max_length=120)),
                ("details", models.JSONField(blank=True, default=dict)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("stripe", "Stripe"),
                            ("pretend", "pretend payment"),
                            ("free", "nothing to pay"),
                            ("cash", "cash"),
                            ("cheque", "check"),
                            ("invoice", "invoice"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("paid", "paid"),
                            ("failed", "failed"),
                            ("expired", "expired"),
                            ("bounced", "bounced"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("amount_cents", models.PositiveIntegerField()),
                ("returned_cents", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="As printed on the check.",
                        max_length=40,
                        verbose_name="check number",
                    ),
                ),
                ("currency", models.CharField(default="usd", editable=False, max_length=3)),
                (
                    "idempotency_key",
                    models.CharField(
                        default=nsca.lib.secrets.codes.link_token,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
                (
                    "session_id",
                    models.CharField(
                        blank=True, editable=False, max_length=255, null=True, unique=True
                    ),
                ),
                ("intent_id", models.CharField(blank=True, editable=False, max_length=255)),
                (
                    "livemode",
                    models.BooleanField(default=False, editable=False, verbose_name="live mode"),
                ),
                ("opened_at", models.DateTimeField()),
                ("turn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("paid_at", models.DateTimeField(blank=True, null=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="orders.order",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["opened_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider_id", models.CharField(editable=False, max_length=255, unique=True)),
                ("status", models.CharField(max_length=40)),
                ("cents", models.PositiveIntegerField()),
                ("opened_at", models.DateTimeField()),
                ("answer_by", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="orders.payment",
                    ),
                ),
            ],
            options={
                "ordering": ["opened_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Deposited",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cents", models.PositiveIntegerField()),
                (
                    "deposit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="orders.deposit",
                    ),
                ),
                (
                    "payment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deposited",
                        to="orders.payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "deposited payment",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="RecurringPayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="recurring-payment", unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("dues", "dues"), ("gift", "gift")],
                        help_text="What the charge is for.",
                        max_length=10,
                    ),
                ),
                (
                    "interval",
                    models.CharField(
                        choices=[("year", "every year"), ("month", "every month")], max_length=5
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "awaiting first payment"),
                            ("active", "active"),
                            ("failing", "card declined"),
                            ("canceled", "canceled"),
                            ("ended", "ended"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("buyer_name", models.CharField(max_length=150)),
                (
                    "buyer_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="e-mail"),
                ),
                ("subject_id", models.PositiveBigIntegerField(blank=True, null=True)),
                ("label", models.CharField(max_length=200)),
                ("cents", models.PositiveIntegerField(help_text="Per charge, as agreed.")),
                ("fair_value_cents", models.PositiveIntegerField(default=0, null=True)),
                ("heading", models.CharField(blank=True, max_length=200)),
                ("committee", models.CharField(blank=True, max_length=120)),
                ("details", models.JSONField(blank=True, default=dict)),
                (
                    "consent_text",
                    models.TextField(help_text="The words beside the box the buyer checked."),
                ),
                ("consented_at", models.DateTimeField()),
                ("began_at", models.DateTimeField(blank=True, null=True)),
                ("next_charge_on", models.DateField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                (
                    "reported_failing_of",
                    models.CharField(blank=True, editable=False, max_length=255),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=150)),
                ("ended_because", models.CharField(blank=True, max_length=200)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("stripe", "Stripe"),
                            ("pretend", "pretend payment"),
                            ("free", "nothing to pay"),
                            ("cash", "cash"),
                            ("cheque", "check"),
                            ("invoice", "invoice"),
                        ],
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "idempotency_key",
                    models.CharField(
                        default=nsca.lib.secrets.codes.link_token,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
                ("customer_id", models.CharField(blank=True, editable=False, max_length=255)),
                (
                    "subscription_id",
                    models.CharField(
                        blank=True, editable=False, max_length=255, null=True, unique=True
                    ),
                ),
                ("item_id", models.CharField(blank=True, editable=False, max_length=255)),
                ("stopped_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose dues. Known once the first payment arrives.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recurring_payments",
                        to="membership.household",
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recurring_payment",
                        to="orders.order",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recurring_payments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "recurring payment",
                "ordering": ["-consented_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="RecurringCharge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("invoice_id", models.CharField(editable=False, max_length=255, unique=True)),
                ("charged_at", models.DateTimeField()),
                ("unwanted_because", models.CharField(blank=True, max_length=200)),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charge",
                        to="orders.order",
                    ),
                ),
                (
                    "recurring_payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="orders.recurringpayment",
                    ),
                ),
            ],
            options={
                "verbose_name": "recurring charge",
                "ordering": ["charged_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ChargeMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("charge_on", models.DateField()),
                ("cents", models.PositiveIntegerField()),
                ("posted_at", models.DateTimeField()),
                (
                    "recurring_payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charge_mails",
                        to="orders.recurringpayment",
                    ),
                ),
            ],
            options={
                "ordering": ["posted_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("unit", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "is_whole",
                    models.BooleanField(default=False, verbose_name="cancels what was bought"),
                ),
                ("cents", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "requested"),
                            ("succeeded", "refunded"),
                            ("failed", "failed"),
                        ],
                        default="requested",
                        max_length=10,
                    ),
                ),
                (
                    "idempotency_key",
                    models.CharField(
                        default=nsca.lib.secrets.codes.link_token,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
                (
                    "provider_id",
                    models.CharField(
                        blank=True, editable=False, max_length=255, null=True, unique=True
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="orders.line",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="orders.payment",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["requested_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Movement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider_id", models.CharField(editable=False, max_length=255, unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("gross_cents", models.IntegerField()),
                ("fee_cents", models.IntegerField()),
                ("net_cents", models.IntegerField()),
                ("at", models.DateTimeField()),
                (
                    "payment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="orders.payment",
                    ),
                ),
                (
                    "payout",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="orders.payout",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="orders.refund",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "entry",
                    models.CharField(
                        choices=[
                            ("placed", "placed"),
                            ("paid", "paid"),
                            ("expired", "expired"),
                            ("retaken", "seats taken again"),
                            ("refund_requested", "refund requested"),
                            ("refunded", "refunded"),
                            ("refund_failed", "refund failed"),
                            ("disputed", "disputed"),
                            ("bounced", "check bounced"),
                            ("canceled", "canceled"),
                            ("recovered", "recovered from Stripe"),
                            ("overridden", "limit overridden"),
                            ("given_on", "ticket transferred"),
                            ("alert", "alert"),
                        ],
                        max_length=20,
                    ),
                ),
                ("cents", models.IntegerField(default=0)),
                ("text", models.CharField(blank=True, max_length=300)),
                ("actor", models.CharField(blank=True, max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger",
                        to="orders.order",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger",
                        to="orders.payment",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger",
                        to="orders.refund",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "ledger entries",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True)),
                ("text", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "ordering": ["done_at", "created_at"],
            },
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("cash_cents__isnull", True),
                        ("check_cents__isnull", True),
                        ("handed_over_at__isnull", True),
                        ("handed_over_by__isnull", True),
                    ),
                    models.Q(
                        ("cash_cents__isnull", False),
                        ("check_cents__isnull", False),
                        ("handed_over_at__isnull", False),
                        ("handed_over_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="deposits_are_handed_over_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acknowledged_at__isnull", True), ("acknowledged_by__isnull", True)),
                    models.Q(
                        ("acknowledged_at__isnull", False),
                        ("acknowledged_by__isnull", False),
                        ("handed_over_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="deposits_are_counted_after_they_are_handed_over",
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(("handed_over_at__isnull", True)),
                name="one_deposit_is_open",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["state", "held_until"], name="orders_orde_state_647dd6_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["buyer_email"], name="orders_by_buyer_address"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("confirmation_due_at__isnull", False)),
                fields=["confirmation_due_at"],
                name="orders_to_be_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "paid"), _negated=True),
                    ("paid_at__isnull", False),
                    _connector="OR",
                ),
                name="paid_orders_know_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "expired"), _negated=True),
                    ("expired_at__isnull", False),
                    _connector="OR",
                ),
                name="expired_orders_know_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmation_due_at__isnull", True), ("state", "paid"), _connector="OR"
                ),
                name="only_paid_orders_are_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("held_until__gte", models.F("placed_at"))),
                name="holds_end_after_they_begin",
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="lines_count_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "paid"), _negated=True),
                    ("paid_at__isnull", False),
                    _connector="OR",
                ),
                name="paid_payments_know_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("returned_cents__lte", models.F("amount_cents"))),
                name="never_more_goes_back_than_was_paid",
            ),
        ),
        migrations.AddIndex(
            model_name="recurringpayment",
            index=models.Index(
                fields=["state", "next_charge_on"], name="orders_recu_state_36c380_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringpayment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "dues"), ("state__in", ["active", "failing"])),
                fields=("household",),
                name="one_living_recurring_payment_for_dues_a_household",
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("cents__gte", 1)), name="recurring_payments_charge_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("consent_text", ""), _negated=True),
                name="recurring_payments_rest_on_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["active", "failing"]), _negated=True),
                    models.Q(("began_at__isnull", False), ("next_charge_on__isnull", False)),
                    _connector="OR",
                ),
                name="living_recurring_payments_know_since_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["canceled", "ended"]), _negated=True),
                    ("ended_at__isnull", False),
                    _connector="OR",
                ),
                name="ended_recurring_payments_know_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargemail",
            constraint=models.UniqueConstraint(
                fields=("recurring_payment", "charge_on"), name="one_notice_for_a_charge"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("cents__gte", 1)), name="refunds_give_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unit__isnull", True),
                    models.Q(("line__isnull", False), ("unit__gte", 1)),
                    _connector="OR",
                ),
                name="units_belong_to_a_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("unit__isnull", False), models.Q(("state", "failed"), _negated=True)
                ),
                fields=("line", "unit"),
                name="a_unit_goes_back_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "net_cents",
                        django.db.models.expressions.CombinedExpression(
                            models.F("gross_cents"), "-", models.F("fee_cents")
                        ),
                    )
                ),
                name="net_is_gross_less_the_fee",
            ),
        ),
    ]
