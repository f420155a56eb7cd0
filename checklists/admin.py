"""A checklist may be edited until it is published; from then on it is only looked at, as are the answers."""

from django.contrib import admin

from checklists.models import Answer, Checklist, Clause, Item, SelfInspection
from organizations.admin import AuditedAdmin, ReadOnlyAdmin


class UntilPublished:
    """Editing ends with publication; `checklist_of` says which list the shown row belongs to."""

    def is_published(self, obj):
        checklist = obj and self.checklist_of(obj)
        return bool(checklist and checklist.published_on)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not self.is_published(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not self.is_published(obj)


class UntilPublishedInline(UntilPublished, admin.TabularInline):
    extra = 0

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and not self.is_published(obj)


class ItemInline(UntilPublishedInline):
    model = Item
    show_change_link = True
    fields = ["number", "category_no", "category", "text", "polarity", "applies_to", "meaning"]

    def checklist_of(self, obj):
        return obj


class ClauseInline(UntilPublishedInline):
    model = Clause

    def checklist_of(self, obj):
        return obj.checklist


@admin.register(Checklist)
class ChecklistAdmin(UntilPublished, AuditedAdmin):
    list_display = ["name", "code", "version", "audience", "source", "published_on"]
    list_filter = ["audience"]
    inlines = [ItemInline]

    def checklist_of(self, obj):
        return obj


@admin.register(Item)
class ItemAdmin(UntilPublished, AuditedAdmin):
    """Clauses hang on an item; items themselves are added on their list."""

    list_display = ["number", "text", "category", "polarity", "checklist"]
    list_filter = ["checklist", "polarity"]
    list_select_related = ["checklist"]
    search_fields = ["text"]
    readonly_fields = ["checklist"]
    inlines = [ClauseInline]

    def checklist_of(self, obj):
        return obj.checklist

    def has_add_permission(self, request):
        return False


@admin.register(SelfInspection)
class SelfInspectionAdmin(ReadOnlyAdmin):
    list_display = ["checklist", "unit", "enterprise", "started_at"]
    list_filter = ["checklist"]
    list_select_related = ["checklist", "unit", "enterprise"]


@admin.register(Answer)
class AnswerAdmin(ReadOnlyAdmin):
    list_display = ["made_in", "question", "result", "answered_at"]
    list_filter = ["result"]
    list_select_related = ["inspection__checklist", "inspection__unit", "inspection__enterprise", "item"]
    readonly_fields = ["made_in", "question"]

    @admin.display(description="自查", ordering="inspection")
    def made_in(self, answer):
        return answer.inspection

    @admin.display(description="条目", ordering="item__number")
    def question(self, answer):
        return answer.item

    def get_fields(self, request, obj=None):
        return [*self.readonly_fields, *super().get_fields(request, obj)]
