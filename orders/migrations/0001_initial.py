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
    ]

    operations = [
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
                            ("check", "check"),
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
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "ordering": ["-placed_at", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["state", "held_until"], name="orders_orde_state_647dd6_idx"
                    ),
                    models.Index(fields=["buyer_email"], name="orders_by_buyer_address"),
                    models.Index(
                        condition=models.Q(("confirmation_due_at__isnull", False)),
                        fields=["confirmation_due_at"],
                        name="orders_to_be_confirmed",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "paid"), _negated=True),
                            ("paid_at__isnull", False),
                            _connector="OR",
                        ),
                        name="paid_orders_know_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "expired"), _negated=True),
                            ("expired_at__isnull", False),
                            _connector="OR",
                        ),
                        name="expired_orders_know_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmation_due_at__isnull", True),
                            ("state", "paid"),
                            _connector="OR",
                        ),
                        name="only_paid_orders_are_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held_until__gte", models.F("placed_at"))),
                        name="holds_end_after_they_begin",
                    ),
                ],
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="orders.order",
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
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 1)), name="lines_count_something"
                    )
                ],
                "indexes": [],
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="orders.order",
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
                            ("check", "check"),
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "paid"), _negated=True),
                            ("paid_at__isnull", False),
                            _connector="OR",
                        ),
                        name="paid_payments_know_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("returned_cents__lte", models.F("amount_cents"))),
                        name="never_more_goes_back_than_was_paid",
                    ),
                ],
                "indexes": [],
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
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="orders.payment",
                    ),
                ),
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cents__gte", 1)), name="refunds_give_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("unit__isnull", True),
                            models.Q(("line__isnull", False), ("unit__gte", 1)),
                            _connector="OR",
                        ),
                        name="units_belong_to_a_line",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("unit__isnull", False), models.Q(("state", "failed"), _negated=True)
                        ),
                        fields=("line", "unit"),
                        name="a_unit_goes_back_once",
                    ),
                ],
                "indexes": [],
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
                "indexes": [],
                "constraints": [],
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
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="orders.payment",
                    ),
                ),
                ("provider_id", models.CharField(editable=False, max_length=255, unique=True)),
                ("status", models.CharField(max_length=40)),
                ("cents", models.PositiveIntegerField()),
                ("opened_at", models.DateTimeField()),
                ("answer_by", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["opened_at", "pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
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
                "indexes": [],
                "constraints": [],
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
                    "refund",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="orders.refund",
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
            ],
            options={
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "net_cents",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("gross_cents"), "-", models.F("fee_cents")
                                ),
                            )
                        ),
                        name="net_is_gross_less_the_fee",
                    )
                ],
                "indexes": [],
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger",
                        to="orders.order",
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
                ("text", models.CharField(blank=True, max_length=300)),
                ("actor", models.CharField(blank=True, max_length=150)),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "ledger entries",
                "ordering": ["at", "pk"],
                "indexes": [],
                "constraints": [],
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
            ],
            options={
                "ordering": ["done_at", "created_at"],
                "indexes": [],
                "constraints": [],
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
                (
                    "opened_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("handed_over_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                    "note",
                    models.CharField(
                        blank=True,
                        help_text="For staff: the bank's reference, or a miscount.",
                        max_length=300,
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("acknowledged_at__isnull", True),
                                ("acknowledged_by__isnull", True),
                            ),
                            models.Q(
                                ("acknowledged_at__isnull", False),
                                ("acknowledged_by__isnull", False),
                                ("handed_over_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="deposits_are_counted_after_they_are_handed_over",
                    ),
                    models.UniqueConstraint(
                        models.Value(1),
                        condition=models.Q(("handed_over_at__isnull", True)),
                        name="one_deposit_is_open",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="DepositLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                ("cents", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "deposited payment",
                "ordering": ["pk"],
                "indexes": [],
                "constraints": [],
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
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recurring_payment",
                        to="orders.order",
                    ),
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
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recurring_payments",
                        to=settings.AUTH_USER_MODEL,
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
                            ("check", "check"),
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
            ],
            options={
                "verbose_name": "recurring payment",
                "ordering": ["-consented_at", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["state", "next_charge_on"], name="orders_recu_state_36c380_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "dues"), ("state__in", ["active", "failing"])),
                        fields=("household",),
                        name="one_living_recurring_payment_for_dues_a_household",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cents__gte", 1)),
                        name="recurring_payments_charge_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("consent_text", ""), _negated=True),
                        name="recurring_payments_rest_on_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["active", "failing"]), _negated=True),
                            models.Q(
                                ("began_at__isnull", False), ("next_charge_on__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="living_recurring_payments_know_since_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["canceled", "ended"]), _negated=True),
                            ("ended_at__isnull", False),
                            _connector="OR",
                        ),
                        name="ended_recurring_payments_know_when",
                    ),
                ],
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
                (
                    "recurring_payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charge_mails",
                        to="orders.recurringpayment",
                    ),
                ),
                ("charge_on", models.DateField()),
                ("cents", models.PositiveIntegerField()),
                ("posted_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["posted_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recurring_payment", "charge_on"), name="one_notice_for_a_charge"
                    )
                ],
                "indexes": [],
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
                (
                    "recurring_payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="orders.recurringpayment",
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charge",
                        to="orders.order",
                    ),
                ),
                ("invoice_id", models.CharField(editable=False, max_length=255, unique=True)),
                ("charged_at", models.DateTimeField()),
                ("unwanted_because", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "recurring charge",
                "ordering": ["charged_at", "pk"],
                "indexes": [],
                "constraints": [],
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
                "indexes": [],
                "constraints": [],
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
                "indexes": [],
                "constraints": [],
            },
        ),
    ]
