"""Standards are reference data; the ledger itself is only looked at."""

from django.contrib import admin
from django.db import models
from django.forms import CheckboxSelectMultiple

from hazards.models import Hazard, Measure, Problem, Standard, StandardClause
from organizations.admin import AuditedAdmin, ReadOnlyAdmin


class StandardClauseInline(admin.TabularInline):
    model = StandardClause
    fields = ["number", "text", "position"]
    extra = 0


@admin.register(Standard)
class StandardAdmin(AuditedAdmin):
    list_display = ["name", "number", "valid_from", "valid_to"]
    list_filter = ["sectors"]
    # Ticked: Django's two lists side by side explain themselves in English.
    formfield_overrides = {models.ManyToManyField: {"widget": CheckboxSelectMultiple}}
    inlines = [StandardClauseInline]


@admin.register(Hazard)
class HazardAdmin(ReadOnlyAdmin):
    list_display = ["number", "enterprise", "area", "level", "state", "found_on"]
    list_filter = ["state", "level", "area"]
    list_select_related = ["enterprise", "area"]
    search_fields = ["number", "enterprise__name"]


@admin.register(Problem)
class ProblemAdmin(ReadOnlyAdmin):
    list_display = ["text", "unit", "state", "found_on", "due_on"]
    list_filter = ["state"]
    list_select_related = ["unit"]


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin):
    list_display = ["title", "unit", "due_on", "done_on"]
    list_select_related = ["unit"]
