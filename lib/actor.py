"""Who acts: a signed-in user, a named outsider holding a code, or the system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Actor:
    """Given as `by=` to every action and kept, as text, in the audit log.

    `membership` is the post the user acts from; it has `.unit` or
    `.enterprise`, and `.role`. `on_behalf_of` names whom a clerk acts for
    (代登记). `automatic` is set by `Actor.system` alone: a missing user never
    counts as the system.
    """

    user: Any = None
    membership: Any = None
    name: str = ""
    ip: str | None = None
    on_behalf_of: str = ""
    code: str = ""
    automatic: bool = False

    @classmethod
    def system(cls, name: str = "系统") -> Actor:
        """The portal itself: a scheduled task or a command, by its name."""
        return cls(name=name, automatic=True)

    @classmethod
    def outsider(cls, name: str, code: str, ip: str | None = None) -> Actor:
        """Somebody without an account, let in by a code issued to that name."""
        if not (name and code):
            raise ValueError("an outsider needs a name and the code issued to it")
        return cls(name=name, code=code, ip=ip)

    @property
    def is_system(self) -> bool:
        return self.automatic

    @property
    def is_outsider(self) -> bool:
        return bool(self.code)

    @property
    def unit(self) -> Any:
        return getattr(self.membership, "unit", None)

    @property
    def enterprise(self) -> Any:
        return getattr(self.membership, "enterprise", None)

    @property
    def holder_label(self) -> str:
        """The unit or enterprise acted for, by name; empty for the system and outsiders."""
        return str(self.unit or self.enterprise or "")

    @property
    def role(self) -> str:
        return getattr(self.membership, "role", None) or ""

    @property
    def label(self) -> str:
        """What the audit log prints: 张三（荣成市应急管理局 经办人），代 某公司."""
        agent = f"，代 {self.on_behalf_of}" if self.on_behalf_of else ""
        return self._who() + agent

    def _who(self) -> str:
        if self.automatic:
            return f"系统（{self.name}）" if self.name and self.name != "系统" else "系统"
        if self.code:
            # The log must not become a list of working codes.
            return f"{self.name}（凭码…{self.code[-4:] if len(self.code) > 8 else ''}）"
        if self.user is None:
            return self.name or "未登录"
        return self._user_name() + self._post()

    def _user_name(self) -> str:
        return self.name or getattr(self.user, "name", "") or str(self.user)

    def _post(self) -> str:
        place = self.unit or self.enterprise
        show_role = getattr(self.membership, "get_role_display", None)
        words = [str(place or ""), show_role() if show_role else self.role]
        post = " ".join(word for word in words if word)
        return f"（{post}）" if post else ""
