"""What the identity team runs: two RSA ID Plus tenants."""

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from license_exporter.demo.config import admin_key, oauth_client
from license_exporter.demo.fleet.product import USER, Product, day
from license_exporter.demo.keys import new_ec_key
from license_exporter.demo.moments import DAY, MINUTE, MONTH, around, through_month
from license_exporter.demo.rsa import MonthlyUsage, RsaTenant
from license_exporter.demo.rsa_oauth import AuthorizationServer, OAuthClient
from license_exporter.process.clock import Clock

_ACCESS_ID = "3f6c1f0e-6d5b-4a0e-9d53-2f8f5d4c7a10"
_KEY_ID = "license-exporter-1"
_OPTIONS = {"labels": {"team": "identity"}, "min_interval": "1m"}


def rsa_tenants(clock: Clock, rsa_key: RSAPrivateKey) -> tuple[Product, ...]:
    """A tenant for each of the two ways to authenticate."""
    return _emea(clock, rsa_key), _amer(clock)


def _emea(clock: Clock, key: RSAPrivateKey) -> Product:
    now = clock.time()

    def usage(time: float) -> MonthlyUsage:
        grown = 1 + 0.01 * (time - now) / MONTH
        return MonthlyUsage(
            mfa_licenses=around(2350, 30)(time) * grown,
            third_party_fido_users=around(310, 8, 1)(time) * grown,
            sms_and_voice_tokencodes=through_month(0.004)(time),
            active_users=around(1480, 40, 2)(time) * grown,
        )

    admin_keys = {_ACCESS_ID: key.public_key()}
    tenant = RsaTenant(clock, usage, admin_keys=admin_keys, collected_every=MINUTE)
    contract = {
        "limits": {"mfa": 2500, "active_users": 4000},
        "prices": {"mfa": 36, "active_users": 12},
        "currency": "EUR",
        "expiry": day(now + 110 * DAY),
        "notice": day(now + 20 * DAY),
    }
    return Product(
        "rsa-emea",
        "rsa",
        "MFA licenses close to the limit of the contract, active users far below it; notice must "
        "be given within 20 days",
        (tenant,),
        admin_key(_ACCESS_ID, key),
        {**_OPTIONS, "contract": contract},
    )


def _amer(clock: Clock) -> Product:
    def usage(time: float) -> MonthlyUsage:
        return MonthlyUsage(
            mfa_licenses=around(840, 12, 3)(time),
            third_party_fido_users=around(95, 4, 4)(time),
            sms_and_voice_tokencodes=through_month(0.001)(time),
            active_users=around(790, 15, 5)(time),
        )

    key = new_ec_key()
    authorization = AuthorizationServer(clock, {USER: OAuthClient(key.public_key(), _KEY_ID)})
    tenant = RsaTenant(
        clock, usage, authorization=authorization, collected_until=clock.time() - 5 * DAY
    )
    return Product(
        "rsa-amer",
        "rsa",
        "data that the vendor collected 5 days ago; no limit, as RSA tells none",
        (tenant, authorization),
        oauth_client(USER, key, _KEY_ID),
        _OPTIONS,
    )
