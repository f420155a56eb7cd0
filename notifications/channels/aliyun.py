"""阿里云短信 SendSms (2017-05-25), signed by ACS3-HMAC-SHA256 (help.aliyun.com: V3版本请求体和签名机制).

Not idempotent: a request that may have arrived is never sent again by itself.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote, urlsplit

from django.conf import settings

from notifications.channels import web
from notifications.channels.outcome import Outcome, failed, sent, unknown

ALGORITHM = "ACS3-HMAC-SHA256"
ACTION, VERSION = "SendSms", "2017-05-25"
WORDS = {
    "isv.BUSINESS_LIMIT_CONTROL": "同一号码发送过于频繁，被运营商限制，请过些时候人工重发",
    "isv.AMOUNT_NOT_ENOUGH": "短信账户余额不足",
    "isv.OUT_OF_SERVICE": "短信账户已停用",
    "isv.MOBILE_NUMBER_ILLEGAL": "手机号码无效，请核对渠道设置",
    "isv.SMS_SIGNATURE_ILLEGAL": "短信签名未通过审核，请核对平台设置",
    "isv.SMS_TEMPLATE_ILLEGAL": "短信模板未通过审核，请核对平台设置",
    "isv.TEMPLATE_MISSING_PARAMETERS": "短信模板的变量不符，请核对平台设置",
    "isv.TEMPLATE_PARAMS_ILLEGAL": "短信模板的变量不符，请核对平台设置",
    "isp.RAM_PERMISSION_DENY": "访问密钥没有发短信的权限，请核对平台设置",
    "SignatureDoesNotMatch": "访问密钥不符，请核对平台设置",
    "InvalidAccessKeyId.NotFound": "访问密钥不存在，请核对平台设置",
}
# The gateway itself was at a loss: nobody can say what became of it.
UNCLEAR = ("isp.SYSTEM_ERROR", "InternalError", "ServiceUnavailable")


def send(phones: Sequence[str], template: str, values: Mapping[str, str]) -> Outcome:
    query = canonical({
        "PhoneNumbers": ",".join(phones),
        "SignName": settings.SMS_SIGN_NAME,
        "TemplateCode": template,
        "TemplateParam": json.dumps(values, ensure_ascii=False, separators=(",", ":")),
    })  # fmt: skip
    headers = stamped(urlsplit(settings.ALIYUN_SMS_URL).netloc, ACTION, VERSION)
    headers["authorization"] = authorization(query, headers)
    answer = web.post(f"{settings.ALIYUN_SMS_URL}/?{query}", headers=headers)
    return answer if isinstance(answer, Outcome) else judge(answer)


def judge(answer: web.Answer) -> Outcome:
    code = str(answer.data.get("Code") or "")
    if code == "OK":
        return sent(str(answer.data.get("BizId") or ""))
    if not code or code in UNCLEAR:
        return unknown(f"短信网关没有给出结果（HTTP {answer.status} {code}），请查发送回执后再定是否重发")
    return failed(f"{WORDS.get(code, '短信网关拒收')}（{code}）")


def canonical(parameters: Mapping[str, str]) -> str:
    """Sorted and percent-encoded by RFC 3986: what is sent and what is signed are the same characters."""
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(parameters.items()))


def stamped(host: str, action: str, version: str) -> dict[str, str]:
    """The headers that are signed, with the moment and a number used once; the body is empty."""
    return {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": sha256(b"").hexdigest(),
        "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": secrets.token_hex(16),
        "x-acs-version": version,
    }


def authorization(query: str, headers: Mapping[str, str]) -> str:
    names = sorted(headers)
    listed = "".join(f"{name}:{headers[name]}\n" for name in names)
    request = f"POST\n/\n{query}\n{listed}\n{';'.join(names)}\n{headers['x-acs-content-sha256']}"
    digest = sha256(request.encode()).hexdigest()
    signature = hmac.digest(settings.ALIYUN_ACCESS_KEY_SECRET.encode(), f"{ALGORITHM}\n{digest}".encode(), sha256)
    credential = f"Credential={settings.ALIYUN_ACCESS_KEY_ID},SignedHeaders={';'.join(names)}"
    return f"{ALGORITHM} {credential},Signature={signature.hex()}"
