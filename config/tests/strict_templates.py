"""In tests a template that names what its view does not give fails, instead of printing nothing.

Django forgives silently, also inside `{% if %}` and `{% for %}`. Here only this is forgiven, in our own templates:
- whatever hangs on None: `{{ hazard.plan.owner }}` without a plan;
- in `{% if %}`, `{% firstof %}` and before `|default`: a key that a mapping lacks, and, in components and parts
  (`components/…`, `_part.html`), a parameter that was not passed.
Templates of installed packages keep Django's manners.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import FilterExpression, Variable, VariableDoesNotExist
from django.template.context import BaseContext
from django.template.defaulttags import ForNode

_forgiving: ContextVar[bool] = ContextVar("forgiving", default=False)
_for_sequence: ContextVar[object] = ContextVar("for_sequence", default=None)

_resolve_variable = Variable.resolve
_resolve_expression = FilterExpression.resolve
_render_for = ForNode.render


def install() -> None:
    Variable.resolve = resolve_variable
    FilterExpression.resolve = resolve_expression
    ForNode.render = render_for


def render_for(self, context):
    token = _for_sequence.set(self.sequence)
    try:
        return _render_for(self, context)
    finally:
        _for_sequence.reset(token)


def resolve_expression(self, context, ignore_failures=False):
    has_default = bool(self.filters) and self.filters[0][0].__name__ in {"default", "default_if_none"}
    must_exist = self is _for_sequence.get()
    token = _forgiving.set((ignore_failures or has_default) and not must_exist)
    try:
        return _resolve_expression(self, context, ignore_failures)
    finally:
        _forgiving.reset(token)


def resolve_variable(self, context):
    try:
        return _resolve_variable(self, context)
    except VariableDoesNotExist as error:
        template = own_template(context)
        if template and not forgiven(template, error.params[1]):
            # Not an Exception: the operators of {% if %} swallow those.
            pytest.fail(f"{template} names {self.var}, which is not there ({error.params[0]!r} is missing)")
        raise


def own_template(context) -> Path | None:
    """The file being rendered, if it is one of ours."""
    template = getattr(getattr(context, "render_context", None), "template", None)
    name = str(getattr(getattr(template, "origin", None), "name", ""))
    folder = settings.BASE_DIR / "templates"
    return Path(name).relative_to(folder) if name.startswith(f"{folder}/") else None


def forgiven(template: Path, where: object) -> bool:
    if where is None:
        return True
    is_part = template.parts[0] == "components" or template.name.startswith("_")
    is_top = isinstance(where, BaseContext)
    return _forgiving.get() and (is_part if is_top else isinstance(where, Mapping))
