"""What each reason means in plain words, and what an operator can do about it."""

from dataclasses import dataclass

from license_exporter.errors import Reason


@dataclass(frozen=True, slots=True)
class Remedy:
    """`meaning` completes a heading, `action` tells what to check or to change."""

    meaning: str
    action: str


REMEDIES = {
    Reason.TIMEOUT: Remedy(
        "No answer in time",
        "Check that the server is up; if it is slow, raise the target's timeout.",
    ),
    Reason.DNS: Remedy(
        "A host's name cannot be resolved",
        "Check the host in the target's url, or that of its proxy, and the machine's name servers.",
    ),
    Reason.CONNECT: Remedy(
        "No connection to the server",
        "Check host and port in the target's url, firewalls, and proxy_url if one is needed.",
    ),
    Reason.TLS: Remedy(
        "No secure connection to the server",
        "Check the server's certificate; name its authority in tls_config.ca_file.",
    ),
    Reason.AUTH: Remedy(
        "The credentials are refused",
        "Check or renew them. A changed secret file is tried at once.",
    ),
    Reason.FORBIDDEN: Remedy(
        "The account may not read the license",
        "Give it the permission that `license-exporter vendors` names, or renew its token.",
    ),
    Reason.NOT_FOUND: Remedy(
        "The server has no such page",
        "Check the path in the target's url, and that the product has this API in its version.",
    ),
    Reason.RATE_LIMITED: Remedy(
        "The server asks for fewer requests",
        "Nothing to do now: it is left alone until the next fetch. Raise min_interval.",
    ),
    Reason.SERVER: Remedy(
        "The server has an error of its own",
        "Look at the product's own health page and logs; where a program asks it, run that as the "
        "exporter's user. It is asked again by itself.",
    ),
    Reason.HTTP: Remedy(
        "The server answers with an unexpected status",
        "Check the target's url: a redirect to a login page or another host is not followed.",
    ),
    Reason.TOO_LARGE: Remedy(
        "The answer is larger than allowed",
        "Raise body_size_limit or sample_limit, or lower max_locations.",
    ),
    Reason.DECODE: Remedy(
        "The answer is not what it should be: JSON, mostly",
        "Check that the url is that of the API, and that no proxy or login page answers for it; of "
        "a program or a file, what it is written in.",
    ),
    Reason.SCHEMA: Remedy(
        "The answer has an unexpected shape",
        "Check vendor and url; if both are right, the product's API has changed: report it.",
    ),
    Reason.CONFIG: Remedy(
        "The configuration of the target cannot be used",
        "Check that the files and the program that it names exist, and that this process can read "
        "the ones and run the other.",
    ),
    Reason.INTERNAL: Remedy(
        "The exporter has an error of its own",
        "Look at its log, and report the error.",
    ),
}
