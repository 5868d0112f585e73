// The frame: messages, the connection, keys, times, the theme.
import { useContext, useEffect, useId, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { X } from "lucide-react";
import { ColorModeContext } from "$/utils/context-registry";
import { announce, useFacts, useUnread } from "./live.js";
import { Dialog } from "./layers.jsx";

export function CopyLink({ path, className, role, children }) {
  const copy = async () => {
    const link = new URL(path, window.location.origin).href;
    try {
      await navigator.clipboard.writeText(link);
      announce("Link copied");
    } catch {
      announce(`Copy this link: ${link}`);
    }
  };
  return <button type="button" className={className} role={role} tabIndex={role ? -1 : undefined} onClick={copy}>{children}</button>;
}

const STEPS = [[60, "now"], [3600, 60, "m"], [86400, 3600, "h"], [604800, 86400, "d"], [2419200, 604800, "w"]];

export function ago(then, now) {
  const seconds = Math.max(0, (now - then) / 1000);
  if (seconds < 60) return "now";
  for (const [below, size, unit] of STEPS.slice(1)) if (seconds < below) return `${Math.floor(seconds / size)}${unit}`;
  const year = then.getFullYear() === new Date(now).getFullYear() ? undefined : "numeric";
  return then.toLocaleDateString("en-GB", { day: "numeric", month: "short", year });
}

export function TimeAgo({ at, long }) {
  const [now, setNow] = useState(null);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 30000);
    return () => clearInterval(timer);
  }, []);
  const then = new Date(at);
  const full = then.toLocaleString("en-GB", { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });
  const words = now === null ? "" : long ? then.toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }) : ago(then, now);
  return <time dateTime={at} title={now === null ? undefined : full}>{words}</time>;
}

const KEYS = [
  ["Feed", [["Next post", "j"], ["Previous post", "k"], ["Like or unlike", "l"], ["Open post", "Enter"], ["Comment", "c"]]],
  ["Anywhere", [["Create", "n"], ["Close", "Esc"], ["This list", "?"]]],
];

const openKeys = () => window.dispatchEvent(new Event("ic:keys"));
const openComposer = () => window.dispatchEvent(new Event("ic:create"));

export function OpenComposer({ className, label, children }) {
  return <button type="button" className={className} aria-label={label || undefined} aria-haspopup="dialog" onClick={openComposer}>{children}</button>;
}

export function OpenKeys({ children }) {
  return <button type="button" role="menuitem" tabIndex={-1} className="ic-menuitem" onClick={openKeys}>{children}</button>;
}

/** Single-letter keys, while nobody is writing and no dialog is open. */
export function Shortcuts() {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const show = () => setShown(true);
    const key = (event) => {
      if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
      if (event.target.closest("input, textarea, select, [contenteditable], dialog") || document.querySelector("dialog[open]")) return;
      const posts = [...document.querySelectorAll("article[data-post]")];
      const at = posts.findIndex((post) => post.contains(document.activeElement));
      const post = posts[at];
      const go = (to) => {
        const next = posts[Math.max(0, Math.min(posts.length - 1, to))];
        next?.focus({ preventScroll: true });
        next?.scrollIntoView({ block: "center" });
      };
      if (event.key === "?") setShown(true);
      else if (event.key === "n") openComposer();
      else if (event.key === "j") go(at + 1);
      else if (event.key === "k") go(at < 0 ? 0 : at - 1);
      else if (event.key === "l") (post ?? (posts.length === 1 ? posts[0] : null))?.querySelector("[data-like]")?.click();
      else if (event.key === "c") post?.querySelector("textarea, [data-comment]")?.focus();
      else if (event.key === "Enter" && post && document.activeElement === post) post.querySelector("[data-open]")?.click();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", key);
    window.addEventListener("ic:keys", show);
    return () => {
      window.removeEventListener("keydown", key);
      window.removeEventListener("ic:keys", show);
    };
  }, []);
  if (!shown) return null;
  return (
    <Dialog label="Keyboard shortcuts" width="640px" onClose={() => setShown(false)}>
      <header className="ic-dialog-head"><span /><div><h2>Keyboard shortcuts</h2></div><span><button type="button" className="ic-iconbtn" aria-label="Close" onClick={() => setShown(false)}><X className="ic-icon" size={22} aria-hidden="true" /></button></span></header>
      <div className="ic-dialog-body"><div className="ic-keys">
        {KEYS.map(([name, keys]) => (
          <div key={name}><h3 className="ic-overline">{name}</h3><dl>{keys.map(([what, key]) => <div key={what}><dt>{what}</dt><dd><kbd className="ic-kbd">{key}</kbd></dd></div>)}</dl></div>
        ))}
      </div></div>
    </Dialog>
  );
}

/** After a change of page: focus on its main part, and a title that says where one is. */
export function PageFocus({ title, alerts, chats, chatsAt, me }) {
  const { pathname } = useLocation();
  const unread = (alerts ?? 0) + useUnread(chats, chatsAt, me);
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else document.getElementById("main")?.focus({ preventScroll: true });
  }, [pathname]);
  useEffect(() => {
    if (title) document.title = unread ? `(${unread}) ${title}` : title;
  }, [title, unread, pathname]);
  return null;
}

/** Turns at once; goes back to what the server says is on. */
export function Switch({ label, value, on, onTurn }) {
  const [hoped, setHoped] = useState(null);
  const refused = Math.max(0, ...Object.values(useFacts()).filter((fact) => fact?.id && fact.error).map((fact) => fact.id));
  useEffect(() => setHoped(null), [on]);
  useEffect(() => {
    if (refused) setHoped(null);
  }, [refused]);
  const now = hoped ?? on;
  const turn = () => {
    setHoped(!now);
    onTurn?.(value, !now);
  };
  return <button type="button" role="switch" className="ic-switch" aria-label={label} aria-checked={now} onClick={turn} />;
}

const THEMES = [["system", "System"], ["light", "Light"], ["dark", "Dark"]];

export function ThemeChoice() {
  const { rawColorMode, setColorMode } = useContext(ColorModeContext);
  const [mounted, setMounted] = useState(false);
  const name = useId();
  useEffect(() => setMounted(true), []);
  const chosen = mounted ? rawColorMode : "system";
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = THEMES.findIndex(([mode]) => mode === chosen);
    const [next] = THEMES[(at + step + THEMES.length) % THEMES.length];
    setColorMode(next);
    document.getElementById(`${name}-${next}`)?.focus();
  };
  return (
    <div className="ic-themes" role="radiogroup" aria-label="Theme" onKeyDown={move}>
      {THEMES.map(([mode, label]) => (
        <button key={mode} id={`${name}-${mode}`} type="button" className="ic-theme" role="radio" aria-checked={chosen === mode} tabIndex={chosen === mode ? 0 : -1} onClick={() => setColorMode(mode)}>
          <img src={`/theme-${mode}.svg`} width="200" height="124" alt="" />
          <span><span className="ic-radio" />{label}</span>
        </button>
      ))}
    </div>
  );
}

export function SwitchTheme({ children }) {
  const { resolvedColorMode, setColorMode } = useContext(ColorModeContext);
  return (
    <button type="button" role="menuitem" tabIndex={-1} className="ic-menuitem" onClick={() => setColorMode(resolvedColorMode === "dark" ? "light" : "dark")}>{children}</button>
  );
}

export function GoBack({ className, label, children }) {
  const navigate = useNavigate();
  const go = () => (window.history.state?.idx > 0 ? navigate(-1) : navigate("/"));
  return <button type="button" className={className} aria-label={label} onClick={go}>{children}</button>;
}

export function LogOut({ className, role, children }) {
  return (
    <form method="post" action="/api/logout" className="ic-plainform">
      <button type="submit" className={className} role={role} tabIndex={role ? -1 : undefined} onClick={(event) => event.stopPropagation()}>{children}</button>
    </form>
  );
}
