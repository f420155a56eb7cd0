"""Blank workbooks to fill in: the headings the import knows, and one sample row that it leaves out."""

from typing import IO

from documents.models import ImportBatch
from inspections.imports import IMPORTERS
from lib.excel import Heading, write_table

Kind = ImportBatch.Kind
CODE = "91371002MA3ABCDE1L"

SAMPLES: dict[str, dict[str, str]] = {
    Kind.ENTERPRISES: {
        "企业全称": "XX食品有限公司", "统一社会信用代码": CODE, "区市": "荣成市", "行业": "轻工",
        "领域": "涉氨制冷、有限空间", "分级": "C", "从业人员数": "120", "经营状态": "正常生产", "国有企业": "否",
    },
    Kind.HAZARDS: {
        "市": "XX市", "县（市、区）": "XX县", "企业全称": "XX公司", "统一社会信用代码": CODE, "行业": "轻工",
        "领域": "涉氨制冷", "重大事故隐患描述": "快速冻结装置未设置在单独的作业间内。",
        "判定依据": "《工贸企业重大事故隐患判定标准》第十二条第（二）项", "发现时间": "2023.06.06",
        "发现方式": "企业自查", "现场处置措施": "立即停产", "整改期限": "2023.06.30",
    },
    Kind.VISITS: {
        "检查日期": "2023.06.06", "检查单位": "荣成市应急管理局", "检查组编号": "1组", "执法人员（人）": "4",
        "专家（人）": "1", "检查方式": "执法检查", "统一社会信用代码": CODE, "制度措施不落实的": "是",
    },
    Kind.ACTIONS: {
        "日期": "2023.06.06", "实施单位": "荣成市应急管理局", "统一社会信用代码": CODE, "类型": "行政处罚",
        "对象": "企业", "案号": "XX应急罚〔2023〕1号", "罚款（万元）": "1.5",
    },
}  # fmt: skip


def write_blank(target: IO[bytes], kind: str) -> None:
    """Required columns carry a star; the first row says 示例 and is not read in."""
    columns = IMPORTERS[kind].columns()
    headings = [Heading("序号", 8), *(Heading(f"{c.name}{'*' if c.required else ''}", 18) for c in columns)]
    sample = ["示例", *(SAMPLES[kind].get(column.name, "") for column in columns)]
    write_table(target, headings, [sample], name=str(Kind(kind).label))
