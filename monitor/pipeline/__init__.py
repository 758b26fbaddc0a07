"""The walk of one item from the wire to an alert; the only place where the stages meet storage.

    due feeds → fetch → parse → admit → match → extract → track → notify → deliver
                └──── poll.py ──────┘   └────── read.py ─────┘   └ tell.py   └ send.py
                                                            changes.py ┘

Every step loads what is due, lets pure stages decide, and saves the results *and what follows from them* in one
transaction. What is due is simply the state of rows, in three durable queues:

    feed      next_poll_at is past and no lease is held        claimed by `Poller.step`
    item      state is "new"                                   claimed by `Reader.step`
    delivery  status is "pending" and next_attempt_at is past  claimed by `Sender.step`

Work is claimed by a conditional update with a lease, so a process that is killed loses nothing: the lease runs out and
the work is claimed again. An alert and its delivery are rows in the transaction that wrote the change; a delivery keeps
one id through all retries. `Pipeline` (in `walk.py`) puts the steps together; `monitor/schedule.py` calls them by the
clock, and the events in the outbox wake them earlier.
"""

from monitor.pipeline.walk import Pipeline, Stages

__all__ = ["Pipeline", "Stages"]
