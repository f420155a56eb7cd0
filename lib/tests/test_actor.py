from dataclasses import FrozenInstanceError, replace
from types import SimpleNamespace

import pytest

from lib.actor import Actor


def post(unit=None, enterprise=None, role="clerk", words="经办人"):
    return SimpleNamespace(unit=unit, enterprise=enterprise, role=role, get_role_display=lambda: words)


def user(name="张三"):
    return SimpleNamespace(name=name)


def test_label_of_a_user_names_the_post():
    actor = Actor(user=user(), membership=post(unit="荣成市应急管理局"))

    assert actor.label == "张三（荣成市应急管理局 经办人）"


def test_label_of_a_user_of_an_enterprise():
    actor = Actor(user=user("李四"), membership=post(enterprise="某某水产有限公司", words="安全员"))

    assert actor.label == "李四（某某水产有限公司 安全员）"


def test_label_without_post_is_the_name_alone():
    assert Actor(user=user()).label == "张三"


def test_label_says_on_whose_behalf():
    actor = Actor(user=user(), membership=post(unit="市应急局"), on_behalf_of="乳山市应急管理局")

    assert actor.label == "张三（市应急局 经办人），代 乳山市应急管理局"


def test_label_of_a_user_without_name_attribute_is_its_text():
    assert Actor(user="admin").label == "admin"


def test_post_answers_for_unit_enterprise_and_role():
    actor = Actor(user=user(), membership=post(unit="市应急局", role="leader"))

    assert (actor.unit, actor.enterprise, actor.role) == ("市应急局", None, "leader")


def test_actor_without_post_has_neither_unit_nor_enterprise_nor_role():
    actor = Actor(user=user())

    assert (actor.unit, actor.enterprise, actor.role) == (None, None, "")


def test_system_is_the_system():
    actor = Actor.system("催报任务")

    assert actor.is_system
    assert not actor.is_outsider
    assert actor.label == "系统（催报任务）"


def test_system_without_a_name_of_its_own():
    assert Actor.system().label == "系统"


def test_nobody_is_not_the_system():
    """A missing user must never gain the system's rights."""
    assert not Actor().is_system
    assert not Actor(name="系统").is_system
    assert Actor().label == "未登录"


def test_name_tried_at_login_is_the_label():
    assert Actor(name="zhangsan", ip="10.0.0.8").label == "zhangsan"


def test_outsider_is_named_and_keeps_the_code_out_of_the_label():
    actor = Actor.outsider("王五", "K7Q2-9XPM-41TD", ip="10.0.0.9")

    assert actor.is_outsider
    assert not actor.is_system
    assert actor.label == "王五（凭码…41TD）"
    assert actor.ip == "10.0.0.9"


def test_short_code_of_an_outsider_is_not_shown_at_all():
    assert Actor.outsider("王五", "41TDX9").label == "王五（凭码…）"


@pytest.mark.parametrize(("name", "code"), [("", "K7Q2"), ("王五", ""), ("", "")])
def test_outsider_needs_a_name_and_a_code(name, code):
    with pytest.raises(ValueError, match="a name and the code"):
        Actor.outsider(name, code)


def test_actor_cannot_be_changed_but_copied():
    actor = Actor(user=user())

    with pytest.raises(FrozenInstanceError):
        actor.automatic = True
    assert replace(actor, ip="10.0.0.7").ip == "10.0.0.7"


def test_post_of_an_enterprise_answers_for_it():
    actor = Actor(user=user(), membership=post(enterprise="某某水产有限公司", role="safety"))

    assert (actor.unit, actor.enterprise, actor.role) == (None, "某某水产有限公司", "safety")


def test_role_without_display_words_is_shown_as_it_is():
    membership = SimpleNamespace(unit="市应急局", enterprise=None, role="经办人")

    assert Actor(user=user(), membership=membership).label == "张三（市应急局 经办人）"


def test_clerk_registers_for_a_unit_that_sent_paper():
    """代登记: the log names who did it, and for whom."""
    actor = Actor(user=user("李四"), on_behalf_of="乳山市应急管理局")

    assert not actor.is_system
    assert actor.label == "李四，代 乳山市应急管理局"


def test_equal_actors_are_equal():
    assert Actor.system("催报") == Actor.system("催报")
    assert Actor.system("催报") != Actor(name="催报")
