"""/imports/: upload, look, confirm; each unit its own, history by administrators only."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from documents.models import ImportBatch, StoredFile
from hazards.models import Hazard
from inspections.actions import imports as actions
from inspections.imports import IMPORTERS
from inspections.tests.sheets import sheet
from lib.excel import read_table
from lib.excel.mark import EXPLANATION
from lib.tests.workbooks import values, workbook
from organizations.models import AuditEntry, Enterprise
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

CODE = "91371002MA3ABCDE1L"
LIST, NEW = "/imports/", "/imports/new/"


@pytest.fixture
def bureau():
    return make.unit()


@pytest.fixture
def clerk(client, bureau):
    return login(client, make.actor(bureau))


def login(client, who):
    client.force_login(who.user)
    return who


def row(**cells):
    return {"企业全称": "荣成海源食品有限公司", "统一社会信用代码": CODE, "区市": "荣成市", "行业": "轻工"} | cells


def hazard(**cells):
    return {
        "企业全称": "荣成海源食品有限公司", "统一社会信用代码": CODE, "隐患描述": "甲", "发现时间": "2023.06.06",
        "发现方式": "自查", "隐患级别": "一般",
    } | cells  # fmt: skip


def upload(client, *rows, kind="enterprises", content=None, name="企业.xlsx"):
    file = SimpleUploadedFile(name, sheet(*rows) if content is None else content)
    return client.post(NEW, {"kind": kind, "file": file}, follow=True)


def post(client, name, batch, **data):
    return client.post(reverse(f"inspections:{name}", args=[batch.pk]), data, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_upload_is_checked_and_nothing_written_yet(client, clerk):
    content = sheet(row())
    response = upload(client, content=content)

    batch = ImportBatch.objects.get()
    assert response.redirect_chain == [(f"/imports/{batch.pk}/", 302)]
    assert (batch.state, batch.rows, batch.unit, batch.by) == ("previewed", 1, clerk.unit, clerk.label)
    assert (batch.name, batch.source.content()) == ("企业.xlsx", content)
    assert "共1行，没有错误，还没有写入。" in response.text
    assert not Enterprise.objects.exists()


def test_confirmed_batch_is_written_with_one_audit_row(client, clerk):
    upload(client, row())
    batch = ImportBatch.objects.get()

    response = post(client, "import_confirm", batch)

    batch.refresh_from_db()
    assert (batch.state, batch.created, batch.updated) == ("applied", 1, 0)
    assert "共1行，新增1，更新0。" in response.text
    assert Enterprise.objects.get().uscc == CODE
    assert AuditEntry.objects.filter(verb="import.apply").count() == 1


def test_confirming_twice_writes_once(client, clerk):
    upload(client, row())
    batch = ImportBatch.objects.get()
    post(client, "import_confirm", batch)

    response = post(client, "import_confirm", batch)

    assert said(response) == ["该导入批次现为“已导入”，请刷新页面查看"]
    assert AuditEntry.objects.filter(verb="import.apply").count() == 1


def test_errors_are_shown_by_column_and_row_and_hold_the_file_up(client, clerk):
    response = upload(client, row(), row(统一社会信用代码=CODE[:17]), row(统一社会信用代码=CODE[:17]))

    batch = ImportBatch.objects.get()
    assert batch.state == "failed"
    assert [str(one) for one in response.context["errors"]] == [
        "第3行“统一社会信用代码”应为18位，现为17位（第3行、第4行）"
    ]
    assert "有2处错误，没有写入任何数据。" in response.text
    assert said(post(client, "import_confirm", batch)) == ["该导入批次现为“有错误”，请刷新页面查看"]
    assert not Enterprise.objects.exists()


def test_marked_workbook_comes_back_to_the_sender(client, clerk):
    response = upload(client, row(), row(统一社会信用代码=CODE[:17]))

    marked = response.context["marked"]
    found = client.get(reverse("documents:file", args=[marked.pk]))
    content = b"".join(found.streaming_content)
    assert marked.name == "标错_企业.xlsx"
    assert values(content)[0][-1] == EXPLANATION
    assert values(content)[2][-1] == "“统一社会信用代码”应为18位，现为17位"


def test_check_digit_is_confirmed_on_the_page(client, clerk):
    response = upload(client, row(统一社会信用代码="91371002MA3ABCDE12"))
    batch = ImportBatch.objects.get()
    assert list(response.context["form"].fields) == ["accept_doubts"]
    assert len(response.context["doubts"]) == 1

    assert post(client, "import_confirm", batch).status_code == 422
    assert not Enterprise.objects.exists()

    post(client, "import_confirm", batch, accept_doubts="on")
    assert Enterprise.objects.get().uscc == "91371002MA3ABCDE12"


def test_same_file_is_confirmed_on_the_page(client, clerk):
    content = sheet(row())
    upload(client, content=content)
    post(client, "import_confirm", ImportBatch.objects.get())

    response = upload(client, content=content)
    again = ImportBatch.objects.first()
    assert list(response.context["form"].fields) == ["again"]
    assert "确需再次导入" in response.text

    assert post(client, "import_confirm", again).status_code == 422
    post(client, "import_confirm", again, again="on")
    again.refresh_from_db()
    assert (again.state, again.created, again.updated) == ("applied", 0, 0)


def test_file_read_in_by_somebody_else_meanwhile_is_not_read_twice(client, clerk):
    content = sheet(row())
    upload(client, content=content)
    first = ImportBatch.objects.get()
    upload(client, content=content)
    second = ImportBatch.objects.first()
    post(client, "import_confirm", first)

    problem = actions.confirm(second, by=clerk)

    assert problem.startswith("同一文件已于") and problem.endswith("再次导入须确认")
    second.refresh_from_db()
    assert second.state == "previewed"


def test_what_changed_since_the_preview_is_found_before_writing(client, clerk, bureau):
    upload(client, row())
    batch = ImportBatch.objects.get()
    make.enterprise("乳山新生食品有限公司", uscc=CODE, in_area=make.county("乳山市"))

    response = post(client, "import_confirm", batch)

    batch.refresh_from_db()
    assert batch.state == "failed"
    assert said(response) == ["有1处错误，未写入任何数据，请更正后重新导入。"]
    assert Enterprise.objects.get().name == "乳山新生食品有限公司"


def test_failed_batch_can_be_checked_again_once_the_cause_is_mended(client, clerk):
    upload(client, hazard(), kind="hazards")
    batch = ImportBatch.objects.get()
    assert batch.state == "failed"

    make.enterprise(uscc=CODE)
    post(client, "import_check_again", batch)

    batch.refresh_from_db()
    assert (batch.state, batch.errors) == ("previewed", [])


def test_clerk_brings_no_dates_of_state(client, clerk):
    make.enterprise(uscc=CODE)

    response = upload(client, hazard(销号时间="2023.06.26", 整改完成时间="2023.06.20"), kind="hazards")

    assert {one.message for one in response.context["errors"]} == {
        "只有管理员导入历史台账时可以填写；其他请在平台上办理"
    }


def test_administrator_brings_history(client, bureau):
    login(client, make.actor(bureau, Role.ADMIN))
    make.enterprise(uscc=CODE)
    upload(client, hazard(销号时间="2023.06.26", 整改完成时间="2023.06.20"), kind="hazards")

    post(client, "import_confirm", ImportBatch.objects.get())

    one = Hazard.objects.get()
    assert (one.state, one.imported) == ("closed", True)


def test_batch_confirmed_by_a_clerk_loses_the_administrators_right(client, bureau):
    """What may be written follows from who confirms, not from who uploaded."""
    login(client, make.actor(bureau, Role.ADMIN))
    make.enterprise(uscc=CODE)
    upload(client, hazard(销号时间="2023.06.26", 整改完成时间="2023.06.20"), kind="hazards")
    batch = ImportBatch.objects.get()

    login(client, make.actor(bureau))
    post(client, "import_confirm", batch)

    batch.refresh_from_db()
    assert batch.state == "failed"
    assert not Hazard.objects.exists()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"a,b,c", "只能上传Excel（xlsx）文件"),
        (b"%PDF-1.4", "只能上传Excel（xlsx）文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版或加密的Office文件"),
        (b"", "文件是空的"),
    ],
)
def test_what_is_no_workbook_is_refused_at_the_field(client, clerk, content, word):
    response = upload(client, content=content)

    assert word in str(response.context["form"].errors["file"])
    assert not ImportBatch.objects.exists()
    assert not StoredFile.objects.exists()


def test_too_large_a_file_is_refused_at_the_field(client, clerk, settings):
    settings.UPLOAD_MAX_BYTES = 1024

    response = upload(client, row())

    assert "文件超过" in str(response.context["form"].errors["file"])


def test_workbook_without_the_table_fails_in_words(client, clerk):
    response = upload(client, content=workbook([["姓名"], ["张三"]]))

    assert ImportBatch.objects.get().state == "failed"
    assert response.context["errors"][0].message.startswith("前10行中没有找到表头，请使用模板")


def test_large_workbook_is_left_to_a_worker(client, clerk, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(actions, "INLINE", 0)

    with django_capture_on_commit_callbacks() as waiting:
        response = upload(client, row())
    batch = ImportBatch.objects.get()
    assert (batch.state, len(waiting)) == ("reading", 1)
    assert f'hx-get="/imports/{batch.pk}/"' in response.text

    waiting[0]()
    batch.refresh_from_db()
    assert batch.state == "previewed"

    with django_capture_on_commit_callbacks() as waiting:
        post(client, "import_confirm", batch)
    batch.refresh_from_db()
    assert (batch.state, Enterprise.objects.count()) == ("applying", 0)

    waiting[0]()
    waiting[0]()  # the broker may deliver it twice
    batch.refresh_from_db()
    assert (batch.state, Enterprise.objects.count()) == ("applied", 1)


def test_waiting_page_asks_for_its_middle_only(client, clerk):
    upload(client, row())
    batch = ImportBatch.objects.get()

    part = client.get(batch.get_absolute_url(), headers={"HX-Request": "true"}).text
    whole = client.get(batch.get_absolute_url()).text

    assert part.strip().startswith('<div id="batch"')
    assert "<html" not in part
    assert "<html" in whole


def test_another_unit_finds_neither_batch_nor_files(client, clerk):
    upload(client, row(), row(统一社会信用代码=CODE[:17]))
    batch = ImportBatch.objects.get()

    login(client, make.actor(make.unit("乳山市应急管理局", in_area=make.county("乳山市"))))

    assert client.get(batch.get_absolute_url()).status_code == 404
    assert post(client, "import_confirm", batch).status_code == 404
    assert post(client, "import_check_again", batch).status_code == 404
    for stored in StoredFile.objects.of(batch):
        assert client.get(reverse("documents:file", args=[stored.pk])).status_code == 404
    assert list(client.get(LIST).context["page"]) == []


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.DEPUTY, Role.CHIEF, Role.OFFICER])
def test_other_posts_may_not_import(client, bureau, role):
    login(client, make.actor(bureau, role))

    assert client.get(LIST).status_code == 403
    assert client.get(NEW).status_code == 403
    assert upload(client, row()).status_code == 403
    assert not ImportBatch.objects.exists()


def test_enterprise_may_not_import(client):
    login(client, make.actor(make.enterprise(), Role.HEAD))

    assert client.get(LIST).status_code == 403


def test_list_costs_the_same_for_one_and_three(client, clerk, django_assert_num_queries):
    for number in range(3):
        upload(client, row(企业全称=f"第{number}家"))
        if number in (0, 2):
            with django_assert_num_queries(4):  # user, posts, unread messages, batches
                client.get(LIST)


def test_empty_list_says_what_to_do_next(client, clerk):
    assert "本单位还没有导入过工作簿" in client.get(LIST).text


@pytest.mark.parametrize("kind", ImportBatch.Kind.values)
def test_blank_workbook_is_one_the_import_reads(client, clerk, kind):
    make.county()
    response = client.get(reverse("inspections:import_blank", args=[kind]))

    table = read_table(BytesIO(b"".join(response.streaming_content)).getvalue(), IMPORTERS[kind].columns())

    assert list(table.places) == [column.name for column in IMPORTERS[kind].columns()]
    assert (table.rows, [reason for _, reason in table.skipped]) == ([], ["示例"])


def test_blank_workbook_of_no_kind_is_not_found(client, clerk):
    assert client.get(reverse("inspections:import_blank", args=["accounts"])).status_code == 404


def test_looking_writes_nothing(client, clerk):
    upload(client, row())
    batch = ImportBatch.objects.get()
    before = (AuditEntry.objects.count(), ImportBatch.objects.values().get())

    client.get(LIST)
    client.get(batch.get_absolute_url())

    assert (AuditEntry.objects.count(), ImportBatch.objects.values().get()) == before


@pytest.mark.parametrize("name", ["import_confirm", "import_check_again"])
def test_acts_are_posted(client, clerk, name):
    upload(client, row())

    address = reverse(f"inspections:{name}", args=[ImportBatch.objects.get().pk])
    assert client.get(address).status_code == 405
