from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from campaigns.models import Obligation
from campaigns.tests import factories as campaigns
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def printed(*args):
    out = StringIO()
    call_command("open_obligations", *args, stdout=out)
    return out.getvalue().splitlines()


def test_command_prints_what_changed_and_then_nothing():
    make.unit()
    campaigns.deliverable()
    assert printed("--on", "2023-05-10") == ["冶金等工贸行业重大事故隐患专项排查整治2023行动 调度表 2023年5月：新开1个"]
    assert printed("--on", "2023-05-10") == ["2023-05-10 无变化"]
    assert Obligation.objects.get().opened_on.isoformat() == "2023-05-10"


def test_command_refuses_what_is_no_date():
    with pytest.raises(CommandError, match="“6月25日”不是日期，请写成 2023-06-25 的样子"):
        printed("--on", "6月25日")
