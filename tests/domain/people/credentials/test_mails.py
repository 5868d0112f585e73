"""How mail leaves: through a real SMTP server, with retries while it is down, or into a folder instead."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import stat
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from instagram_clone import config
from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.outbox import worker
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.credentials import credentials, emails, mails, recovery
from instagram_clone.domain.people.events import MailDue
from instagram_clone.mail import letters, transport
from tests.conftest import DATA, PASSWORD
from tests.domain.conftest import UseServer, send_all
from tests.mailbox import Mailbox, link, mailbox, words
from tests.server import free_port


def later() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


async def test_mail_is_sent_at_once_in_text_and_html(ana: Viewer, box: Mailbox) -> None:
    await emails.ask_to_confirm(ana.id)
    mail = await asyncio.to_thread(box.wait, "ana@example.com")
    assert mail["Subject"] == "Confirm your email · Instaclone"
    assert '<a href="' + link(mail) in words(mail, "html")


async def test_an_unreachable_server_is_retried_and_no_mail_is_lost(
    ana: Viewer, use_server: UseServer, caplog: pytest.LogCaptureFixture
) -> None:
    use_server(f"smtp://127.0.0.1:{free_port()}")
    await emails.ask_to_confirm(ana.id)
    await send_all()
    [failed] = await outbox.failed()
    assert (failed.kind, failed.tries, failed.error) == ("MailDue", 1, "DeliveryFailed: SMTPConnectError")
    assert not await outbox.process_due(datetime.fromisoformat(failed.due) - timedelta(milliseconds=1))
    assert await outbox.process_due(later())
    assert "ana@" not in caplog.text and "token=" not in caplog.text
    with mailbox() as back:
        use_server(back.url)
        assert await outbox.process_due(later())
        assert len(back.to("ana@example.com")) == 1 and await db.outbox.count_documents({}) == 0
    assert await db.tokens.count_documents({}) == 1


async def test_mail_that_is_always_refused_is_set_aside_and_listed_with_its_error(
    ana: Viewer, box: Mailbox
) -> None:
    box.refusal = "451 Try again later"
    await emails.ask_to_confirm(ana.id)
    await send_all()
    for _ in range(worker.MAX_TRIES - 1):
        assert await outbox.process_due(later())
    assert not await outbox.process_due(later())
    [failed] = await outbox.failed()
    assert failed.set_aside and failed.error == "DeliveryFailed: the recipient was refused for now"


async def test_mail_to_an_unknown_address_is_not_retried(ana: Viewer, box: Mailbox) -> None:
    box.refusal = "550 No such user"
    await emails.ask_to_confirm(ana.id)
    await send_all()
    assert await db.outbox.count_documents({}) == 0


async def test_an_unsendable_mail_does_not_delay_others(ana: Viewer, box: Mailbox) -> None:
    box.refusal = "451 Try again later"
    await emails.ask_to_confirm(ana.id)
    await send_all()
    box.refusal = ""
    await emails.ask_to_confirm(ana.id)
    await send_all()
    assert len(box.mails) == 1


async def test_a_letter_that_only_another_version_knows_waits_for_it(
    ana: Viewer, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(event: MailDue) -> None:
        await mails.send("ana@example.com", letters.confirm_email(event.account, "http://localhost:3000/"))

    async def work(transaction: outbox.Transaction) -> None:
        mails.queue(transaction, "unheard-of", ana.id)

    await mails.commit(work)
    await send_all()
    [waiting] = await outbox.failed()
    assert waiting.tries == 1 and not box.mails
    monkeypatch.setitem(mails._senders, "unheard-of", send)
    await outbox.process_due(later())
    assert len(box.mails) == 1 and await db.outbox.count_documents({}) == 0


async def test_in_development_mail_is_saved_to_a_folder_and_its_link_printed(
    ana: Viewer, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set((DATA / "mail").glob("*"))
    await recovery.ask("ana", "1")
    await send_all()
    [file] = set((DATA / "mail").glob("*")) - before
    assert file.suffix == ".eml" and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert link(mail) in capsys.readouterr().out  # pyright: ignore[reportArgumentType]


async def test_in_production_without_a_server_no_mail_is_sent_or_queued(
    ana: Viewer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set((DATA / "mail").glob("*"))
    monkeypatch.setenv("REFLEX_ENV_MODE", "prod")
    config.settings.cache_clear()
    try:
        await credentials.change_password(ana, PASSWORD, "five lemons on a plate")
        await send_all()
    finally:
        monkeypatch.delenv("REFLEX_ENV_MODE")
        config.settings.cache_clear()
    assert set((DATA / "mail").glob("*")) == before
    assert capsys.readouterr().out == ""
    assert await db.outbox.count_documents({}) == 0


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_a_password_is_only_sent_over_tls_to_a_server_with_a_valid_certificate(
    ana: Viewer, tmp_path: Path, use_server: UseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, server_side = certificate(tmp_path)
    tried: list[LoginPassword] = []

    def authenticate(_server: object, _session: object, _envelope: object, _how: str, who: LoginPassword):
        tried.append(who)
        return AuthResult(success=who == LoginPassword(b"us@example.com", b"a/b c"))

    # aiosmtpd only recognizes TLS that began with STARTTLS.
    how = {"auth_required": True, "auth_require_tls": False}
    with mailbox(ssl_context=server_side, authenticator=authenticate, **how) as box:
        use_server(f"smtps://us%40example.com:a%2Fb%20c@127.0.0.1:{box.controller.port}")
        await emails.ask_to_confirm(ana.id)
        await send_all()
        assert tried == [] and box.mails == []  # an untrusted certificate is rejected
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        await outbox.process_due(later())
        assert len(tried) == 1 and len(box.mails) == 1


@pytest.mark.parametrize(
    ("url", "port", "use_tls", "start_tls"),
    [
        ("smtps://u:p@mail.example.com", 465, True, False),
        ("smtp://u:p@mail.example.com", 587, False, True),
        ("smtp://u:p@mail.example.com:2525", 2525, False, True),
        ("smtp://mail.example.com", 25, False, None),
        ("smtp://u:p@localhost:1025", 1025, False, None),
    ],
)
def test_a_password_never_leaves_this_machine_unencrypted(
    url: str, port: int, use_tls: bool, start_tls: bool | None
) -> None:
    options = transport.server_of(url)
    assert (options["port"], options["use_tls"], options["start_tls"]) == (port, use_tls, start_tls)


@pytest.mark.parametrize("modern", [True, False])
async def test_international_addresses_get_mail_if_the_server_supports_them(
    use_server: UseServer, modern: bool
) -> None:
    letter = letters.confirm_email("jose", "http://localhost:3000/confirm?token=x")
    with mailbox(enable_SMTPUTF8=modern) as box:
        use_server(box.url)
        await transport.send(letter, "jose@bücher.example.com")
        assert box.to("jose@xn--bcher-kva.example.com")
        if modern:
            await transport.send(letter, "josé@example.com")
        else:
            with pytest.raises(transport.Undeliverable):
                await transport.send(letter, "josé@example.com")
        assert len(box.mails) == 1 + modern


async def test_sign_up_cannot_be_used_to_mail_text_to_strangers(database: None, box: Mailbox) -> None:
    name = "Win at evil.example"
    await accounts.sign_up("victim@example.com", name, "mallory", PASSWORD, "1", confirm=True)
    await send_all()
    mail = box.wait("victim@example.com")
    assert "mallory" in words(mail) and "evil.example" not in words(mail) + words(mail, "html")


@pytest.mark.parametrize("name", ["Ana\r\nBcc: ben@example.com", '<script>alert("1")</script>', "Ana 🌿"])
def test_names_are_escaped_in_mail(name: str) -> None:
    letter = letters.reset_password(name, "ana", "http://localhost:3000/reset?token=x")
    mail = letters.message(letter, "ana@example.com", "Instaclone <us@example.com>")
    assert mail["Bcc"] is None and "<script>" not in words(mail, "html")
    assert mail["To"] == "ana@example.com"


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Create a self-signed certificate for this machine, and a context that serves with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, secret)
    return cert, context
