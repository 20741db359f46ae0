from pathlib import Path

import msgspec
import pytest

from console.compose.systems import older_form
from console.connectors.tmforum.settings import ResourceSettings, TmForumSystem
from console.errors import ConfigurationError
from console.resources_folder import RESOURCES
from console.settings import KINDS, Auth, Deployment, load_deployment, parse_deployment
from console.settings.audit import AuditSettings
from console.settings.sign_in import SignInSettings
from console.settings.verification import Method, VerificationSettings
from console.system.sandbox_launcher import sandbox_settings
from console.system.secrets import SystemSecrets

GOOD = sandbox_settings(
    {"crm": "http://127.0.0.1:1", "billing": "http://127.0.0.1:2", "provisioning": "http://127.0.0.1:3"}, "env:{}"
)


CRM = 'capabilities = ["customers", "tickets", "interactions", "appointments"]'
_PARTS = (
    Deployment, TmForumSystem, Auth, ResourceSettings, SignInSettings, VerificationSettings, Method, AuditSettings,
)  # fmt: skip


def test_the_example_is_valid_and_shows_every_setting() -> None:
    path = RESOURCES / "systems.example.toml"
    deployment = load_deployment(path)
    assert deployment.systems["billing"].auth.kind == "basic"
    text = path.read_text(encoding="utf-8")
    settings = [field.name for part in _PARTS for field in msgspec.structs.fields(part)]
    missing = [name for name in settings if name not in text]
    assert not missing


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (CRM, CRM.replace("tickets", "tickits"), "systems.crm.capabilities"),
        (CRM, 'kind = "erp"', "systems.crm.kind is 'erp', which is none of billing, crm, provisioning"),
        (CRM, CRM + '\nkind = "crm"', "systems.crm has both capabilities and the older kind"),
        (CRM, "", "systems.crm.capabilities must list what the system serves, of customers, interactions"),
        (CRM, CRM + '\nconnector = "abacus"', "systems.crm: there is no connector abacus; installed are: tmforum"),
        ('base_url = "http://127.0.0.1:1"', 'base_url = "127.0.0.1"', "systems.crm.base_url must be a web address"),
        ('base_url = "http://127.0.0.1:1"', 'base_url = "http://crm.example.net"', "must begin with https"),
        (
            'base_url = "http://127.0.0.1:1"',
            'base_url = "http://[127.0.0.1:1"',
            "systems.crm.base_url must be a web address",
        ),
        (
            'base_url = "http://127.0.0.1:1"',
            'base_url = "http://crm:99999999"',
            "systems.crm.base_url must be a web address",
        ),
        (CRM, CRM + "\npage_size = 0", "systems.crm.page_size must be between 1 and 1000, not 0"),
        (CRM, CRM + "\npage_sise = 5", "page_sise"),
        (CRM, CRM + '\npage_size = "many"', "page_size"),
        (CRM, 'kind = "billing"', "systems.crm.caller_proof is for a system that serves customers"),
        (
            'capabilities = ["billing-accounts",',
            'capabilities = ["customers", "billing-accounts",',
            "customers are served by one system, not by crm and billing",
        ),
        (
            "[systems.crm.resources.customer]",
            "[systems.crm.resources.custmer]",
            "systems.crm.resources.custmer is none of customer",
        ),
        ('secret = "env:crm"', 'user = "desk"', "systems.crm.auth.secret is missing"),
        ('country = "US"', 'country = "usa"', "two capital letters"),
        ("[systems.crm]", "[systems.crm", "is not valid TOML"),
        *(
            ('country = "US"', f'country = "US"\n{line}', told)
            for line, told in (
                ("a = " + "[" * 8000, "nested too deep"),
                ("roles = { boss = {} }", 'roles."boss" is none of rep'),
                ("roles = { rep = { credit_limits = { usd = 5 } } }", "credit_limits.usd must be named by a currency"),
                (
                    "roles = { rep = { credit_limits = { USD = -5 } } }",
                    "credit_limits.USD must be between 0 and 1000000",
                ),
                (
                    'roles = { rep = { allows = ["everything"] } }',
                    'names "everything", which is not a permission or data scope',
                ),
                ('roles = { rep = { allows = ["bills"], withholds = ["bills"] } }', "both allows and withholds bills"),
                ('roles = { rep = { masked = ["shoe"] } }', 'masked names "shoe", which is none of phone'),
                (
                    'verification = { stronger = ["calls"] }',
                    'stronger names "calls", which is not a permission or data scope',
                ),
                (
                    'verification = { without_caller = ["bills"] }',
                    "names bills, which is a data scope, not a permission",
                ),
                ('verification = { without_caller = ["give_credit"] }', "must not move money"),
                ("verification = { lapse_min = 1 }", "lapse_min must be between 5 and 600"),
                ("lock_after_min = 0", "lock_after_min must be between 1 and 240"),
                ('audit = { file = "a", url = "https://b.example" }', "audit takes a file or a url, not both"),
                ('audit = { url = "http://b.example" }', "audit.url must begin with https"),
                ("verification = { attempts = 0 }", "verification.attempts must be between 1 and 10"),
                ("verification = { methods = [] }", "verification.methods is empty"),
                (
                    'verification = { methods = [{ name = "b", words = "B", checks = "birth_on", opens = "call detail" }] }',
                    "a date of birth must not open call detail",
                ),
                (
                    'sign_in = { issuer = "x", client = "c", roles = { a = "rep" } }',
                    "sign_in.issuer must be a web address",
                ),
                (
                    'sign_in = { issuer = "http://x.example", client = "c", roles = { a = "rep" } }',
                    "sign_in.issuer must begin with https",
                ),
                (
                    'sign_in = { issuer = "https://x.example", client = "c", roles = { a = "boss" } }',
                    'sign_in.roles names "boss"',
                ),
                ('sign_in = { issuer = "https://x.example", client = "c", roles = {} }', "sign_in.roles is empty"),
            )
        ),
        ('kind = "bearer"', 'kind = "person"', "there is no [sign_in]"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_that_names_the_setting(before: str, after: str, told: str) -> None:
    assert before in GOOD
    with pytest.raises(ConfigurationError, match="desk.toml") as caught:
        parse_deployment(GOOD.replace(before, after, 1), source="desk.toml")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="--demo"):
        load_deployment(tmp_path / "systems.toml")


def test_secrets_lie_outside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("from file\n")
    monkeypatch.setenv("DESK_TOKEN", "from environment")
    secrets = SystemSecrets(tmp_path)
    assert secrets.read("file:token") == "from file"
    assert secrets.read("env:DESK_TOKEN") == "from environment"


@pytest.mark.parametrize("reference", ["file:absent", "env:ABSENT_TOKEN", "hunter2", "vault:x", "keyring:noslash"])
def test_a_secret_that_is_not_there_is_one_sentence(reference: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        SystemSecrets(tmp_path).read(reference)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("[systems]\n".encode("utf-16"), "UTF-16. Save it as UTF-8"),
        ("[systems]\n".encode("utf-16-be"), "not valid TOML"),
        (b"\xff\xfe", "UTF-16"),
        (b"\x80\x81", "is not a text file"),
    ],
)
def test_a_file_in_another_encoding_is_told_by_it(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "systems.toml"
    path.write_bytes(data)
    with pytest.raises(ConfigurationError, match=told):
        load_deployment(path)


def test_a_mark_at_the_beginning_and_ends_of_lines_of_windows_are_no_mistake(tmp_path: Path) -> None:
    example = (Path(__file__).parents[1] / "store" / "earlier" / "systems-1.toml").read_bytes()
    path = tmp_path / "systems.toml"
    path.write_bytes(b"\xef\xbb\xbf" + example.replace(b"\n", b"\r\n"))
    assert load_deployment(path).systems


def test_without_a_system_that_keeps_customers_nothing_starts() -> None:
    text = '[systems.billing]\nkind = "billing"\nbase_url = "https://billing.example.net"\n'
    with pytest.raises(ConfigurationError, match="there must be one system that serves customers"):
        parse_deployment(text, source="desk.toml")


def test_the_older_form_serves_what_it_always_served_and_is_told_of() -> None:
    older = "\n".join(f'[systems.{kind}]\nkind = "{kind}"\nbase_url = "https://{kind}.example.net"' for kind in KINDS)
    deployment = parse_deployment(older, source="desk.toml")
    assert {name: system.serves for name, system in deployment.systems.items()} == KINDS
    assert older_form(deployment).startswith("systems.crm.kind is the older form and still works")
    assert not older_form(parse_deployment(GOOD, source="desk.toml"))
