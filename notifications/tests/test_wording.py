"""What is said outside: never longer than the channel takes, never less than the link."""

import pytest

from notifications.models import Message
from notifications.tests import factories as made
from notifications.wording import cut, group_text, sms_values
from organizations.models import Unit


def message(name="荣成市应急管理局", **fields):
    return Message(unit=Unit(name=name), **{"kind": "notice", "title": "t", "url": "/inbox/"} | fields)


@pytest.mark.parametrize(
    ("longest", "text"), [(9, "安全局"), (10, "安全局"), (8, "安…"), (6, "安…"), (5, "…"), (3, "…")]
)
def test_text_is_cut_between_characters(longest, text):
    """Three bytes each, and three for the mark."""
    assert cut("安全局", longest) == text
    assert len(text.encode()) <= longest


def test_bytes_are_counted_not_characters():
    whole = "安" * 682 + "ab"  # 2048 bytes
    assert cut(whole, 2048) == whole
    assert cut(whole + "c", 2048) == "安" * 681 + "…"


def test_cut_never_tears_a_character_of_four_bytes():
    assert cut("𠮷𠮷", 7) == "𠮷…"
    assert cut("𠮷𠮷", 6) == "…"


@pytest.mark.parametrize("longest", [2048, 4096, 300])
def test_long_name_is_cut_and_the_link_stays_whole(settings, longest):
    settings.SITE_URL = "https://portal.example.cn"
    text = group_text(message("威" * 3000, url="/obligations/"), longest=longest)
    assert longest - 3 < len(text.encode()) <= longest
    assert text.endswith("…请登录平台办理：https://portal.example.cn/obligations/")


def test_link_is_absolute_and_leads_to_the_inbox_where_there_is_none(settings):
    settings.SITE_URL = "https://portal.example.cn"
    assert group_text(message(url=""), longest=2048).endswith("https://portal.example.cn/inbox/")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([made.line(1, "2099-06-28")], "您单位有1项报送任务，最近期限6月28日。"),
        ([made.line(1, "2020-06-28")], "您单位有1项报送任务，其中1项已逾期。"),
        ([{"subject": 1, "text": "没有日期的旧消息"}], "您单位有1项报送任务。"),
        ([made.line(1, "")], "您单位有1项报送任务。"),
        ([{"text": "2项隐患将于本周到期"}], "您单位有1条新的通知。"),
    ],
)
def test_digest_in_one_sentence(lines, words):
    assert words in group_text(message(kind="reminder", lines=lines), longest=2048)


@pytest.mark.parametrize(("due", "said"), [("2099-06-28", "6月28日"), ("2020-06-28", "已过")])
def test_variables_of_the_sms_template_are_never_empty(due, said):
    """A gateway refuses a variable without a value."""
    assert sms_values(message(kind="reminder", lines=[made.line(1, due)])) == {"count": "1", "due": said}
