"""Load the window's modules one a turn, so that the painted window answers meanwhile.

On the window's thread: making Qt classes on another can crash PySide while it dispatches an event.
"""

from collections.abc import Iterator


def load_window() -> Iterator[None]:
    """Import what `assembly` needs, largest first; yield after each module, for a turn of the event loop."""
    import console.models.customer_bill

    yield
    import console.models.inventory

    yield
    import console.services.customer.customer_view

    yield
    import console.services.search.customer_search

    yield
    import console.services.console

    yield
    import console.views.widgets.rows

    yield
    import console.views.customer.panels.panel

    yield
    import console.views.customer.panels.account_panel

    yield
    import console.views.customer.panels.bills_panel

    yield
    import console.views.customer.panels.timeline_panel

    yield
    import console.views.customer.panels.tickets_panel

    yield
    import console.views.customer.panels.usage_panel

    yield
    import console.views.customer.bill.document_view

    yield
    import console.views.customer.page

    yield
    import console.views.outbox.page

    yield
    import console.views.access.access_dialog

    yield
    import console.views.access.os_lock

    yield
    import console.views.access.sign_in_bar

    yield
    import console.views.store.store_dialogs

    yield
    import console.views.systems.page

    yield
    import console.views.window.workspace

    yield
    import console.views.window.menus

    yield
    import console.views.window.assembly
