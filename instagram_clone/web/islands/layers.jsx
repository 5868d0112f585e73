// What lies over the page: dialogs.
import { useEffect, useRef } from "react";

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
