"""The administrator's back office: reference data and accounts are edited here, what happened is only looked at.

Every change leaves a row in our audit log beside Django's own. The other apps build on the two base classes.
"""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group

from lib.text import is_chinese
from organizations import audit
from organizations.forms.session import StaffLoginForm
from organizations.models import (
    Area,
    AuditEntry,
    AuditSeal,
    Enterprise,
    EnterpriseChange,
    Membership,
    ReportingArea,
    Responsible,
    RiskFeature,
    Sector,
    Unit,
    UnitSector,
    User,
    WorkDay,
)
from organizations.models.areas import Line

admin.site.site_header = admin.site.site_title = "安全生产专项行动管理平台 后台"
admin.site.index_title = "基础数据维护"
admin.site.login_form = StaffLoginForm
admin.site.unregister(Group)  # Roles are a literal table in permissions.py; a second one would only mislead.


class AuditedAdmin(admin.ModelAdmin):
    """Reference data. Adding, changing and deleting are written to the audit log by the names of the fields."""

    actions = None
    # Natural keys: fixtures and domain rows know the row by them.
    fixed_once_made: tuple[str, ...] = ()

    def get_readonly_fields(self, request, obj=None):
        fixed = self.fixed_once_made if obj else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def log_addition(self, request, obj, message):
        self.audit(request, "add", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        self.audit(request, "change", obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            self.audit(request, "delete", obj, "")
        return super().log_deletions(request, queryset)

    def audit(self, request, verb, obj, message):
        """`message` is Django's: which fields and which rows of which inlines."""
        audit.record(request.actor, f"{self.opts.model_name}.{verb}", obj, through="后台", message=message)


class LookedAt:
    """Nothing is added, changed or deleted: what happened is made by actions alone."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnlyAdmin(LookedAt, admin.ModelAdmin):
    """Domain rows. Shows the columns that have a name in Chinese; the rest is machinery."""

    actions = None
    show_full_result_count = False
    list_per_page = 50

    def get_fields(self, request, obj=None):
        columns = (*self.opts.concrete_fields, *self.opts.many_to_many)
        return [column.name for column in columns if is_chinese(str(column.verbose_name))]


@admin.register(Area)
class AreaAdmin(AuditedAdmin):
    list_display = ["name", "code", "level", "parent", "position"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["name", "code"]
    readonly_fields = ["path"]
    fixed_once_made = ("code", "parent")

    def save_model(self, request, obj, form, change):
        if not change:
            obj.path = f"{obj.parent.path if obj.parent else ''}{obj.code}/"
        super().save_model(request, obj, form, change)


@admin.register(ReportingArea)
class ReportingAreaAdmin(AuditedAdmin):
    list_display = ["area", "line", "counted_in", "position"]
    list_filter = ["line"]
    list_select_related = ["area", "counted_in"]


@admin.register(Sector)
class SectorAdmin(AuditedAdmin):
    list_display = ["name", "line", "group", "high_risk", "position"]
    list_filter = ["line", "group", "high_risk"]
    fixed_once_made = ("name",)


@admin.register(RiskFeature)
class RiskFeatureAdmin(AuditedAdmin):
    list_display = ["name", "aliases", "position"]
    fixed_once_made = ("name",)  # Rows keep features by name: a name never changes its meaning.


@admin.register(WorkDay)
class WorkDayAdmin(AuditedAdmin):
    list_display = ["day", "is_workday", "note"]
    date_hierarchy = "day"


class UnitForm(forms.ModelForm):
    lines = forms.MultipleChoiceField(
        label="条线", choices=Line.choices, widget=forms.CheckboxSelectMultiple, required=False
    )


class UnitSectorInline(admin.TabularInline):
    model = UnitSector
    extra = 0


@admin.register(Unit)
class UnitAdmin(AuditedAdmin):
    form = UnitForm
    list_display = ["name", "short_name", "kind", "area", "part_of", "active"]
    list_filter = ["kind", "active", "area"]
    raw_id_fields = ["merged_into"]
    list_select_related = ["area", "part_of"]
    search_fields = ["name", "short_name"]
    inlines = [UnitSectorInline]


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    raw_id_fields = ["enterprise"]


@admin.register(User)
class UserAdmin(AuditedAdmin, DjangoUserAdmin):
    """Accounts are closed, not deleted: the records name who acted."""

    list_display = ["username", "name", "mobile", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser"]
    search_fields = ["username", "name", "mobile"]
    readonly_fields = ["last_login", "date_joined", "first_code_expires_at"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password", "must_change_password", "first_code_expires_at"]}),
        ("本人", {"fields": ["name", "mobile", "email"]}),
        ("权限", {"fields": ["is_active", "is_staff", "is_superuser"]}),
        ("时间", {"fields": ["last_login", "date_joined"]}),
    ]
    # Everybody logs in with a password: nothing is asked about other ways. Django's own page is half English.
    add_form_template = "admin/change_form.html"
    add_fieldsets = [(None, {"fields": ["username", "name", "mobile", "password1", "password2"]})]
    inlines = [MembershipInline]

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        if not change:
            obj.must_change_password = True
        super().save_model(request, obj, form, change)

    def user_change_password(self, request, id, form_url=""):
        """A password set by somebody else is changed at the next login."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            User.objects.filter(pk=id).exclude(pk=request.user.pk).update(must_change_password=True)
        return response


@admin.register(Enterprise)
class EnterpriseAdmin(ReadOnlyAdmin):
    list_display = ["name", "uscc", "area", "sector", "status"]
    list_filter = ["status", "area", "sector"]
    list_select_related = ["area", "sector"]
    search_fields = ["name", "uscc"]


@admin.register(EnterpriseChange)
class EnterpriseChangeAdmin(ReadOnlyAdmin):
    list_display = ["enterprise", "state", "proposed_by", "proposed_at"]
    list_filter = ["state"]
    list_select_related = ["enterprise"]


@admin.register(Responsible)
class ResponsibleAdmin(ReadOnlyAdmin):
    list_display = ["name", "kind", "unit", "enterprise", "starts_on", "ended_on"]
    list_filter = ["kind"]
    list_select_related = ["unit", "enterprise"]
    search_fields = ["name", "unit__name", "enterprise__name"]


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "verb", "target", "ip", "ok"]
    list_filter = ["ok"]
    search_fields = ["actor", "verb", "target"]


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnlyAdmin):
    list_display = ["first_id", "last_id", "rows", "sealed_at"]
