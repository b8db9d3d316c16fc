"""Settings: a bad one is one line that names the variable, what was expected and what came."""

import pytest

from flows.settings import BadSetting, settings


def test_without_any_variable_everything_has_a_default() -> None:
    read = settings({})
    assert (read.home, read.kafka_bootstrap, read.taggers) == ("auscult-data", None, 1)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("AUSCULT_TAGGERS", "many", "AUSCULT_TAGGERS: expected a whole number, got 'many'"),
        ("AUSCULT_TAGGERS", "0", "AUSCULT_TAGGERS: expected a whole number >= 1, got '0'"),
        ("AUSCULT_RETENTION_DAYS", "30", "AUSCULT_RETENTION_DAYS: expected a number <= 7.0, got '30'"),
        ("AUSCULT_TAGERS", "2", "AUSCULT_TAGERS: no such setting; did you mean AUSCULT_TAGGERS?"),
        ("AUSCULT_TIME_ZONE", "Berlin", "AUSCULT_TIME_ZONE: expected an IANA time zone such as Europe/Berlin"),
        ("AUSCULT_HASHTAGS", "/no/such.csv", "AUSCULT_HASHTAGS: expected a file"),
    ],
)
def test_a_bad_setting_is_named(variable: str, value: str, said: str) -> None:
    with pytest.raises(BadSetting, match=r"^[^\n]+$") as caught:
        settings({variable: value})
    assert str(caught.value).startswith(said)


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert settings({"AUSCULT_KAFKA_BOOTSTRAP": ""}).kafka_bootstrap is None


def test_secrets_are_not_shown() -> None:
    read = settings({"X_BEARER_TOKEN": "very-secret", "AUSCULT_KAFKA_SASL_PASSWORD": "hush"})
    assert read.x_bearer_token == "very-secret"
    assert "secret" not in repr(read) and "hush" not in repr(read)


def test_tls_and_sasl_reach_the_client_by_its_own_names() -> None:
    read = settings(
        {
            "AUSCULT_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "AUSCULT_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
            "AUSCULT_KAFKA_SASL_USERNAME": "auscult",
            "AUSCULT_KAFKA_SASL_PASSWORD": "hush",
            "AUSCULT_KAFKA_CA_FILE": "/etc/ca.pem",
        }
    )
    assert read.kafka_security == {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "auscult",
        "sasl_plain_password": "hush",
        "ssl_cafile": "/etc/ca.pem",
    }
