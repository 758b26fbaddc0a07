"""Why a delivery is a dead letter, and what an operator can do about it, in plain words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.alert import ChannelName, DeliveryStatus, Subscription
from storage.values import StoredDelivery

_GONE, _NOT_THERE, _TOO_LARGE, _TOO_MANY = 410, 404, 413, 429
_REFUSED = (401, 403)


@dataclass(frozen=True, slots=True)
class Advice:
    """What happened, and what to do."""

    what: str
    do: str


def advice(delivery: StoredDelivery, subscription: Subscription, *, fell: bool) -> Advice | None:
    """What there is to say of a dead letter; None for other deliveries. `fell`: what it tells was taken back since."""
    if delivery.status is not DeliveryStatus.DEAD:
        return None
    if fell:
        return Advice(
            "What this tells of was taken back since, so it cannot be sent again.",
            "Nothing: it would only mislead.",
        )
    if (delivery.last_error or "").startswith("given up by "):
        return Advice(f"It was {delivery.last_error}.", "Send it again if that was a mistake.")
    if delivery.channel is ChannelName.EMAIL:
        return _mail(delivery, subscription)
    if delivery.channel is ChannelName.WEBHOOK:
        return _webhook(delivery)
    if delivery.channel is ChannelName.APPRISE:
        return Advice(
            "The chat service did not take it, or its address is no longer right.",
            "Ask its owner for a new address of the chat, make a subscription with it and end this one; or send it "
            "again if the service was only out of order.",
        )
    return Advice("It could not be written.", "Look at the log of this service, then send it again.")


def _mail(delivery: StoredDelivery, subscription: Subscription) -> Advice:
    status = delivery.last_status or 0
    if subscription.suppressed_why is not None:
        return Advice(
            f"The address takes no mail any more: {subscription.suppressed_why}.",
            "Ask its owner by another way whether the address is right, and have it confirmed anew: "
            f"volteface subscriptions send-confirmation {subscription.id}. Nothing goes there before.",
        )
    if 500 <= status < 600:
        return Advice(
            "The mail server refused the address or the mail for good.",
            "Read its answer below. If it speaks of the address, ask its owner; if of our server or of spam, mend that "
            "with whoever runs the mail server; then send it again.",
        )
    if 400 <= status < 500:
        return Advice(
            "For five days the mail server asked to try again later.",
            "Its mailbox may be full, or its server distrusts ours: read its answer below, then send it again.",
        )
    return Advice(
        "For five days no mail server took it, or none answered.",
        "Look at the settings of the mail server (volteface doctor says what is wrong), then send it again.",
    )


_OF_STATUS = {
    _GONE: Advice(
        "The endpoint said that it is gone for good (410), and so its subscription was ended.",
        "Ask its owner for the new address and make a subscription with it.",
    ),
    _NOT_THERE: Advice(
        "There is nothing at this address (404): it was moved, or mistyped.",
        "Ask its owner for the right address and make a subscription with it.",
    ),
    _TOO_LARGE: Advice("The endpoint takes no message of this size (413).", "Its owner has to allow larger ones."),
    _TOO_MANY: Advice("The endpoint said too often that we send too much (429).", "Send it again later."),
}


def _webhook(delivery: StoredDelivery) -> Advice:
    status = delivery.last_status or 0
    if status in _REFUSED:
        return Advice(
            f"The endpoint does not let us in ({status}).",
            "Its owner has to accept our signature: the secret of the subscription may be another one there. "
            "Then send it again.",
        )
    if status in _OF_STATUS:
        return _OF_STATUS[status]
    if 300 <= status < 400:
        return Advice(
            f"The endpoint points elsewhere ({status}), and deliveries follow no redirects.",
            "Ask its owner for the address at which it ends and make a subscription with it.",
        )
    if 400 <= status < 500:
        return Advice(
            f"The endpoint refused the message ({status}).",
            "Its owner finds the reason in their log; the answer below may tell it. Then send it again.",
        )
    if status >= 500:
        return Advice(
            f"The endpoint was out of order through all attempts ({status}).",
            "Send it again once its owner says that it works.",
        )
    return Advice(
        "The endpoint could not be reached through all attempts.",
        "Its name may be gone, its certificate invalid, or it lies in a network that is not allowed: the error says "
        "which. Mend that with its owner, then send it again.",
    )
