"""Campaigns are kept on their own pages by their lead officers; here they are only looked at."""

from django.contrib import admin

from campaigns.models import Assignment, Campaign, Deliverable, Obligation, Phase, Submission
from organizations.admin import LookedAt, ReadOnlyAdmin


class PhaseInline(LookedAt, admin.TabularInline):
    model = Phase
    fields = ["name", "starts_on", "ends_on", "wording"]


class AssignmentInline(LookedAt, admin.TabularInline):
    model = Assignment
    fields = ["number", "text", "responsible"]


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyAdmin):
    list_display = ["name", "notice_number", "lead_unit", "starts_on", "ends_on", "state"]
    list_filter = ["state", "line"]
    list_select_related = ["lead_unit"]
    inlines = [PhaseInline, AssignmentInline]


@admin.register(Deliverable)
class DeliverableAdmin(ReadOnlyAdmin):
    list_display = ["name", "campaign", "respondent", "recurrence", "due_on", "due_day", "origin"]
    list_filter = ["campaign", "respondent", "recurrence", "origin"]
    list_select_related = ["campaign"]
    search_fields = ["name", "code"]


@admin.register(Obligation)
class ObligationAdmin(ReadOnlyAdmin):
    list_display = ["deliverable", "unit", "enterprise", "subject", "period", "due_at", "state"]
    list_filter = ["state"]
    list_select_related = ["deliverable", "unit", "enterprise"]
    search_fields = ["unit__name", "enterprise__name"]


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ["obligation", "number", "state", "submitted_at", "submitted_by"]
    list_filter = ["state", "channel"]
    list_select_related = ["obligation__deliverable", "obligation__unit", "obligation__enterprise"]
