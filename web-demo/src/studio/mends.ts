// Ctrl+. at the cursor: the mends for what is found on its line, as a small menu.
import { EditorState, Prec, StateEffect, StateField, type Extension } from "@codemirror/state";
import { EditorView, keymap, showTooltip, type Tooltip } from "@codemirror/view";

export interface Offer {
  title: string;
  mend: () => void;
}

const opened = StateEffect.define<{ at: number; offers: readonly Offer[] } | null>();

const shut = (view: EditorView): boolean => {
  if (view.state.field(menu, false) == null) return false;
  view.dispatch({ effects: opened.of(null) });
  view.focus();
  return true;
};

function menuOf(view: EditorView, offers: readonly Offer[]): HTMLElement {
  const dom = Object.assign(document.createElement("div"), { className: "cm-mends" });
  dom.setAttribute("role", "menu");
  dom.setAttribute("aria-label", view.state.phrase("Mends"));
  const items = offers.map(({ title, mend }) => {
    const item = Object.assign(document.createElement("button"), { type: "button", textContent: title });
    item.setAttribute("role", "menuitem");
    item.addEventListener("click", () => {
      shut(view);
      mend();
    });
    return item;
  });
  dom.append(...items);
  dom.addEventListener("keydown", (event) => {
    const at = items.findIndex((item) => item === document.activeElement);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Escape" || event.key === "Tab") shut(view);
    else if (step !== 0) items[(at + step + items.length) % items.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  dom.addEventListener("focusout", ({ relatedTarget }) => {
    if (!dom.contains(relatedTarget as Node | null) && view.state.field(menu, false) != null) requestAnimationFrame(() => view.dispatch({ effects: opened.of(null) }));
  });
  return dom;
}

const menu = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, { docChanged, effects }) {
    for (const effect of effects) {
      if (!effect.is(opened)) continue;
      if (effect.value === null) return null;
      const { at, offers } = effect.value;
      return { pos: at, above: false, create: (view) => ({ dom: menuOf(view, offers), mount: () => setTimeout(() => view.dom.querySelector<HTMLElement>(".cm-mends button")?.focus()) }) };
    }
    return docChanged ? null : shown;
  },
  provide: (field) => showTooltip.from(field),
});

/** The key, and its menu. Lines count from 0. */
export const mendKeys = (offers: (line: number) => readonly Offer[]): Extension => [
  menu,
  Prec.high(
    keymap.of([
      {
        key: "Mod-.",
        preventDefault: true,
        run(view) {
          const { head } = view.state.selection.main;
          const its = view.state.facet(EditorState.readOnly) ? [] : offers(view.state.doc.lineAt(head).number - 1);
          if (its.length > 0) view.dispatch({ effects: opened.of({ at: head, offers: its }) });
          else view.dispatch({ effects: EditorView.announce.of(view.state.phrase("Nothing to mend on this line")) });
          return true;
        },
      },
    ]),
  ),
  EditorView.theme({
    ".cm-mends": { display: "grid", padding: "4px" },
    ".cm-mends button": { padding: "5px 10px", border: "0", borderRadius: "6px", background: "none", font: "inherit", color: "inherit", textAlign: "start", cursor: "pointer" },
    ".cm-mends button:hover, .cm-mends button:focus": { backgroundColor: "var(--accent)", color: "var(--on-accent)", outline: "none" },
  }),
];
