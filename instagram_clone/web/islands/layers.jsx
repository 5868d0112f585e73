// What lies over the page: dialogs, the panel, menus, questions.
import { Children, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useLocation } from "react-router";
import { X } from "lucide-react";

/** A modal dialog with the browser's own focus trap; gives focus back to what opened it. */
export function Dialog({ label, className, width, onClose, onKeyDown, children }) {
  const box = useRef(null);
  const close = () => onClose?.();
  useEffect(() => {
    const opener = document.activeElement;
    const dialog = box.current;
    if (!dialog.open) dialog.showModal();
    (dialog.querySelector("[data-autofocus]") ?? dialog).focus({ preventScroll: true });
    return () => {
      const back = opener?.isConnected && opener !== document.body ? opener : document.getElementById("main");
      back?.focus?.({ preventScroll: true });
    };
  }, []);
  return (
    <dialog ref={box} className="ic-scrim" aria-label={label} tabIndex={-1} onKeyDown={onKeyDown}
      onCancel={(event) => { event.preventDefault(); if (event.target === box.current) close(); }}
      onMouseDown={(event) => event.target === box.current && close()}>
      <div className={`ic-dialog ${className ?? ""}`} style={width ? { "--w": width } : undefined} data-dialog>{children}</div>
    </dialog>
  );
}

const panelEvent = (name) => `ic:panel:${name}`;

export function PanelButton({ name, label, className, children }) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const hear = (event) => setOpen(event.detail);
    window.addEventListener(`${panelEvent(name)}:is`, hear);
    return () => window.removeEventListener(`${panelEvent(name)}:is`, hear);
  }, [name]);
  return (
    <button type="button" className={className} aria-label={label} aria-haspopup="dialog" aria-expanded={open} data-panel={name}
      onClick={() => window.dispatchEvent(new Event(panelEvent(name)))}>{children}</button>
  );
}

/** A panel beside the navigation. Esc, a click elsewhere and a change of page close it. */
export function Panel({ name, label, onOpen, onClose, children }) {
  const [open, setOpen] = useState(false);
  const box = useRef(null);
  const { pathname, search } = useLocation();
  const shut = useRef(onClose);
  shut.current = onClose;
  const close = () => {
    setOpen(false);
    document.querySelector(`[data-panel="${name}"]`)?.focus();
  };
  useEffect(() => {
    const toggle = () => setOpen((was) => !was);
    window.addEventListener(panelEvent(name), toggle);
    return () => window.removeEventListener(panelEvent(name), toggle);
  }, [name]);
  useEffect(() => setOpen(false), [pathname, search]);
  useEffect(() => {
    window.dispatchEvent(new CustomEvent(`${panelEvent(name)}:is`, { detail: open }));
    if (!open) return undefined;
    onOpen?.();
    box.current.focus({ preventScroll: true });
    const away = (event) => {
      if (!box.current?.contains(event.target) && !event.target.closest(`[data-panel="${name}"]`)) setOpen(false);
    };
    const key = (event) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) close();
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("keydown", key);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("keydown", key);
      shut.current?.();
    };
  }, [open, name]);
  if (!open) return null;
  return (
    <section ref={box} className="ic-panel" role="dialog" aria-label={label} tabIndex={-1}>
      <header className="ic-panel-head">
        <h2>{label}</h2>
        <button type="button" className="ic-iconbtn" aria-label="Close" onClick={close}><X className="ic-icon" size={22} aria-hidden="true" /></button>
      </header>
      {children}
    </section>
  );
}

/** Move a menu so far that all of it can be seen in the window, or in the list that would cut it off. */
function keepInside(menu) {
  menu.style.translate = "";
  if (getComputedStyle(menu).position === "fixed") return;
  const area = menu.closest("[role=log]")?.getBoundingClientRect() ?? { left: 0, top: 0, right: window.innerWidth, bottom: window.innerHeight };
  const { left, right, top, bottom, height } = menu.getBoundingClientRect();
  const x = right > area.right - 8 ? area.right - 8 - right : left < area.left + 8 ? area.left + 8 - left : 0;
  const above = top - height - menu.parentElement.offsetHeight - 8;
  menu.style.translate = `${x}px ${bottom > area.bottom && above > area.top ? above - top : 0}px`;
}

/** A button and its menu: arrows move, Esc closes, focus returns. First child is the button's face. */
export function Menu({ label, title, className, boxClass, boxStyle, children }) {
  const [open, setOpen] = useState(false);
  const box = useRef(null);
  const button = useRef(null);
  const [face, ...items] = Children.toArray(children);
  const all = () => [...box.current.querySelectorAll("[role=menuitem]")];
  useLayoutEffect(() => { if (open) keepInside(box.current); }, [open]);
  useEffect(() => {
    if (!open) return undefined;
    all()[0]?.focus();
    const away = (event) => {
      if (!box.current?.contains(event.target) && !button.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);
  const key = (event) => {
    const list = all();
    const at = list.indexOf(document.activeElement);
    const to = { ArrowDown: (at + 1) % list.length, ArrowUp: (at - 1 + list.length) % list.length, Home: 0, End: list.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      list[to]?.focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      if (event.key === "Escape") event.preventDefault();
      event.stopPropagation();
      setOpen(false);
      button.current?.focus();
    }
  };
  return (
    <div className="ic-menuwrap">
      <button ref={button} type="button" className={className} aria-label={label || undefined} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)}>{face}</button>
      <div ref={box} className={`ic-menu ic-pop ${boxClass ?? ""}`} style={boxStyle} role="menu" aria-label={title} hidden={!open} onKeyDown={key} onClick={() => { setOpen(false); button.current?.focus(); }}>
        {items}
      </div>
    </div>
  );
}

/** A question before what cannot be undone. */
export function Confirm({ title, question, text, action, onConfirm, onClose }) {
  return createPortal(
    <div onClick={(event) => event.stopPropagation()}>
      <Dialog label={title} width="420px" onClose={onClose}>
        <div className="ic-confirm">
          <h2 className="ic-h2">{question}</h2>
          <p>{text}</p>
          <div className="ic-confirm-actions">
            <button type="button" className="ic-btn" data-autofocus onClick={onClose}>Cancel</button>
            <button type="button" className="ic-btn is-danger" onClick={() => { onClose(); onConfirm?.(); }}>{action}</button>
          </div>
        </div>
      </Dialog>
    </div>, document.body);
}

/** A menu item that asks before it does. */
export function ConfirmItem({ children, ...question }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button type="button" role="menuitem" tabIndex={-1} className="ic-menuitem is-danger" onClick={() => setAsking(true)}>{children}</button>
      {asking && <Confirm {...question} onClose={() => setAsking(false)} />}
    </>
  );
}
