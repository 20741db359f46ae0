"""The menus and all keys of the console. This module assigns the keys; the workspace does the work."""

import functools
import sys
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QContextMenuEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu

from console.services.access.permissions import Permission
from console.services.actions.catalogue import ACTIONS
from console.views import texts
from console.views.access.expiry_bar import PROLONG_KEYS
from console.views.access.lock import WHILE_LOCKED
from console.views.access.sign_in_bar import LOCK_KEYS, SIGN_IN_KEYS, SignInSession
from console.views.customer.page import CustomerPage
from console.views.customer.panels.catalogue import PANELS
from console.views.keys.help import EVERYWHERE, KeysDialog
from console.views.keys.letters import Letter, LetterOverlay
from console.views.message_words import in_words
from console.views.texts import tr
from console.views.theme import THEME
from console.views.window.main_window import MainWindow
from console.views.window.preferences import SIZES, Preferences
from console.views.window.workspace import Workspace


class ConsoleMenus(QObject):
    """All menus and keys. Lives as long as the window; created after the workspace."""

    def __init__(
        self, window: MainWindow, workspace: Workspace, person: SignInSession, preferences: Preferences
    ) -> None:
        super().__init__(window)
        self._person = person
        self._window, self._workspace, self._preferences = window, workspace, preferences
        self._letters = LetterOverlay(window, self._letters_of_pages())
        self._action_letters = LetterOverlay(window, [one for one in self._letters_of_actions() if one.letter])
        for overlay in (self._letters, self._action_letters):
            window.resized.connect(overlay.reposition)
            overlay.missed.connect(window.status.say)
        self._make()
        workspace.attached.connect(self._show_for_role)

    def _make(self) -> None:
        self._menus: list[QMenu] = []
        self._make_file()
        self._make_edit()
        self._make_view()
        self._make_actions()
        self._make_go()
        helping = self._menu(tr("&Help"))
        self._add(helping, tr("List of keys"), ("F1", "Shift+F1"), self.show_keys)
        row_menu = QAction(self._window)
        row_menu.setShortcut(QKeySequence("Shift+F10"))  # Qt handles this key itself only on Windows
        row_menu.triggered.connect(self._open_row_menu)
        self._window.addAction(row_menu)
        for i in range(9):
            action = QAction(self._window)
            action.setShortcut(QKeySequence(f"Ctrl+{i + 1}"))
            action.triggered.connect(lambda _checked=False, index=i: self._workspace.customers.go_to_tab(index))
            self._window.addAction(action)

    def _make_file(self) -> None:
        file = self._menu(tr("&File"))
        file.addAction(self._window.search_action)
        self._add(
            file,
            tr("Close customer"),
            "Ctrl+W",
            lambda: self._workspace.customers.close_tab(self._window.tabs.currentIndex()),
        )
        self._add(file, tr("Reopen closed customer"), "Ctrl+Shift+T", self._workspace.customers.reopen)
        sign_in = self._add(file, tr("Sign in"), SIGN_IN_KEYS, self._person.press)
        sign_in.setProperty(WHILE_LOCKED, True)  # noqa: FBT003 - Qt's own
        self._add(file, tr("Lock"), LOCK_KEYS, self._person.lock_now)
        self._add(file, tr("New recovery code…"), None, self._workspace.recovery.show_new)
        self._add(file, tr("Load unsent work…"), None, self._workspace.load_unsent)
        self._add(file, tr("Sign out and close"), None, self._person.sign_out)
        self._add(file, tr("Sign out and remove my data from this computer"), None, self._person.sign_out_and_remove)
        quit_action = self._add(file, tr("Quit"), "Ctrl+Q", self._window.close)
        quit_action.setMenuRole(QAction.MenuRole.QuitRole)

    def _make_edit(self) -> None:
        edit, value = self._menu(tr("&Edit")), self._workspace.value
        # No shortcut here: the focused widget handles Ctrl+C itself.
        self._add(edit, tr("Copy value"), None, value.copy)
        self._add(edit, tr("Where this comes from"), "Ctrl+I", value.show_origin)
        self._add(
            edit,
            tr("Show personal data in full"),
            "Ctrl+Shift+F",
            lambda: self._workspace.on_page(self._show_in_full),
        )
        self._add(edit, tr("Find in this panel"), "Ctrl+F", self._workspace.find)

    def _make_view(self) -> None:
        view = self._menu(tr("&View"))
        self._add(view, tr("Refresh this panel"), ("F5", "Ctrl+R"), self._workspace.ask_panel)
        self._add(view, tr("Refresh all systems"), "Ctrl+Shift+R", self._workspace.ask_all)
        self._add(view, tr("Next customer"), ("Ctrl+PgDown", "Ctrl+Tab"), lambda: self._workspace.customers.step(1))
        self._add(
            view, tr("Previous customer"), ("Ctrl+PgUp", "Ctrl+Shift+Tab"), lambda: self._workspace.customers.step(-1)
        )
        self._add_themes(view.addMenu(tr("&Theme")))
        self._add_sizes(view.addMenu(tr("&Size")))
        self._add(view, tr("Reset layout"), None, self._workspace.lay_out_anew)

    def _make_actions(self) -> None:
        actions = self._menu(tr("&Actions"))
        self._add(actions, tr("Verify the caller"), "Ctrl+Shift+V", self._verify)
        self._add(actions, tr("Keep the account open"), PROLONG_KEYS, self._prolong)
        self._add(
            actions,
            tr("Write a note"),
            "Ctrl+N",
            lambda: self._workspace.on_page(lambda page: page.customer_actions.open_note()),
        )
        self._add(actions, tr("Action, then a letter"), "Ctrl+D", self._action_letters.open)
        actions.addSeparator()
        self._of_role: list[tuple[QAction, Permission]] = []
        for letter in self._letters_of_actions()[1:]:  # the note has its own keys, above
            keys = f"\t{_native('Ctrl+D')} {letter.letter}" if letter.letter else ""
            action = self._add(actions, texts.no_mnemonic(letter.text) + keys, None, letter.do)
            if letter.permission is not None:
                self._of_role.append((action, letter.permission))

    def _make_go(self) -> None:
        go = self._menu(tr("&Go to"))
        self._add(go, tr("Go to, then a letter"), "Ctrl+J", self._letters.open)
        go.addSeparator()
        for letter in self._letters_of_pages():
            # The menu only shows the letters after Ctrl+J. The overlay handles them.
            action = self._add(go, texts.no_mnemonic(letter.text) + "\t" + letter_keys(letter.letter), None, letter.do)
            if letter.permission is not None:
                self._of_role.append((action, letter.permission))
        go.addSeparator()
        self._add(go, tr("Next region"), "F6", lambda: self._workspace.next_region(1))
        self._add(go, tr("Previous region"), "Shift+F6", lambda: self._workspace.next_region(-1))
        if sys.platform == "darwin":  # F6 needs Fn there
            self._add(go, tr("Next region, by arrow"), "Ctrl+Alt+Right", lambda: self._workspace.next_region(1))
            self._add(go, tr("Previous region, by arrow"), "Ctrl+Alt+Left", lambda: self._workspace.next_region(-1))

    def _show_for_role(self) -> None:
        """Show only the actions that the user's role may do. The other actions are hidden, not disabled."""
        console = self._workspace.console
        if console is None:
            return
        for action, permission in self._of_role:
            action.setVisible(permission in console.user.may_do)
        for overlay, letters in (
            (self._letters, self._letters_of_pages()),
            (self._action_letters, [one for one in self._letters_of_actions() if one.letter]),
        ):
            may = [one for one in letters if one.permission is None or one.permission in console.user.may_do]
            overlay.take(may, [one for one in letters if one not in may])

    def _show_in_full(self, page: CustomerPage) -> None:
        if page.view.masked:
            page.view.unmask()
        else:
            self._window.status.say(tr("No masked values here."))

    def _verify(self) -> None:
        """Verify the caller of the account in front, or use a stronger verification."""
        self._workspace.on_page(lambda page: self._workspace.ask_who_calls(page.customer_id))

    def _prolong(self) -> None:
        """Extend the access grants that expire soon."""
        if self._workspace.expiry_bar is not None:
            self._workspace.expiry_bar.prolong()

    def _open_row_menu(self) -> None:
        """Open the context menu of the focused widget, as the Menu key does."""
        widget = QApplication.focusWidget()
        if widget is None:
            return
        position = widget.rect().center()
        if isinstance(widget, QAbstractItemView):
            position = widget.visualRect(widget.currentIndex()).center()
        reason = QContextMenuEvent.Reason.Keyboard
        QApplication.sendEvent(widget, QContextMenuEvent(reason, position, widget.mapToGlobal(position)))

    def _menu(self, title: str) -> QMenu:
        menu = self._window.menuBar().addMenu(title)
        self._menus.append(menu)
        return menu

    def _add(self, menu: QMenu, text: str, keys: str | tuple[str, ...] | None, do: Callable[[], object]) -> QAction:
        action = QAction(text, self._window)
        if keys is not None:
            action.setShortcuts([QKeySequence(key) for key in ((keys,) if isinstance(keys, str) else keys)])
        action.triggered.connect(lambda _checked=False: do())
        menu.addAction(action)
        return action

    def _add_themes(self, menu: QMenu) -> None:
        group = QActionGroup(self)
        themes = ((tr("&As the system"), None), (tr("&Light"), "light"), (tr("&Dark"), "dark"))
        for text, name in (*themes, (tr("&High contrast"), "highContrast")):
            action = self._add(menu, text, None, functools.partial(self._choose_theme, name))
            action.setCheckable(True)
            action.setChecked(name == self._preferences.theme)
            group.addAction(action)

    def _choose_theme(self, name: str | None) -> None:
        THEME.choose(name)
        self._preferences.theme = name

    def _add_sizes(self, menu: QMenu) -> None:
        group = QActionGroup(self)
        for percent in SIZES:
            action = self._add(menu, f"{percent} %", None, functools.partial(self._choose_size, percent))
            action.setCheckable(True)
            action.setChecked(percent == self._preferences.size)
            group.addAction(action)

    def _choose_size(self, percent: int) -> None:
        self._preferences.size = percent
        self._window.status.say(tr("The console will be shown at {} % after the next start.").format(percent))

    def _letters_of_pages(self) -> list[Letter]:
        """Return the letters after Ctrl+J: the panels of a customer, and the pages."""

        def panel(name: str) -> Letter:
            declared = PANELS[name]
            text = tr(declared.letter_text or declared.title)
            return Letter(declared.letter, text, lambda: self._workspace.on_page(lambda page: page.go_to(name)))

        return [
            Letter(
                "V", tr("Name and contacts"), lambda: self._workspace.on_page(lambda page: page.head.name.setFocus())
            ),
            *(panel(name) for name in PANELS),
            Letter("X", tr("Discrepancies"), lambda: self._workspace.on_page(lambda page: page.show_discrepancies())),
            Letter("E", tr("Explain a bill"), lambda: self._workspace.on_page(lambda page: page.explain_bill())),
            Letter("H", tr("Customers"), lambda: self._workspace.show_page("customers")),
            Letter("N", tr("Note"), lambda: self._workspace.on_page(lambda page: page.customer_actions.open_note())),
            Letter("P", tr("Past view"), self._workspace.show_past),
            Letter("Y", tr("Systems"), lambda: self._workspace.go_to("systems")),
            Letter("U", tr("Outbox"), lambda: self._workspace.go_to("outbox")),
            Letter("K", tr("Audit"), lambda: self._workspace.go_to("audit"), Permission.READ_AUDIT),
        ]

    def _letters_of_actions(self) -> list[Letter]:
        """Return the letters after Ctrl+D: the actions on the customer in front."""

        def action(
            letter: str, text: str, do: Callable[[CustomerPage], None], permission: Permission | None = None
        ) -> Letter:
            return Letter(letter, text, lambda: self._workspace.on_page(do), permission)

        return [
            action("N", tr("Note"), lambda page: page.customer_actions.open_note(), Permission.ADD_NOTE),
            action(
                "K",
                tr("Contact details"),
                lambda page: page.customer_actions.open_contact_form(),
                Permission.CHANGE_CONTACT,
            ),
            action(
                "I",
                tr("Promise to pay"),
                lambda page: page.customer_actions.open_promise_form(),
                Permission.PROMISE_TO_PAY,
            ),
            *(
                action(kind.letter, in_words(kind.title), functools.partial(_open_action, kind.name), kind.permission)
                for kind in ACTIONS.values()
            ),
            action("Z", tr("Finish or undo"), lambda page: page.customer_actions.open_half_done()),
        ]

    def show_keys(self) -> None:
        """Show the list of all keys."""
        groups = [(menu.title().replace("&", ""), list(_keys_of(menu))) for menu in self._menus]
        letters = [(letter_keys(item.letter), item.text) for item in self._letters_of_pages()]
        everywhere = [(key, tr(text)) for key, text in EVERYWHERE]
        shown = [(name, keys) for name, keys in groups if keys]
        KeysDialog(
            [*shown, (tr("After {}").format(texts.keys("Ctrl+J")), letters), (tr("Everywhere"), everywhere)],
            self._window,
        ).open()


def _open_action(name: str, page: CustomerPage) -> None:
    page.customer_actions.open_action(name, selected=page.selected)


def letter_keys(letter: str) -> str:
    """Return Ctrl+J and a letter as this operating system writes them."""
    return f"{_native('Ctrl+J')} {letter}"


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _keys_of(menu: QMenu) -> Iterator[tuple[str, str]]:
    """Yield the keys and the text of each menu entry that has keys."""
    for action in menu.actions():
        keys = [key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()]
        if keys:
            yield ", ".join(keys), action.text().replace("&", "")
