"""The import of the window's modules, one per event loop turn, so that the painted window stays responsive.

It runs on the window's thread. Creating Qt classes on another thread can crash PySide while it dispatches an event.
"""

from collections.abc import Iterator


def load_window() -> Iterator[None]:
    """Import the modules that `assembly` needs. Yield between modules, for one turn of the event loop."""
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
