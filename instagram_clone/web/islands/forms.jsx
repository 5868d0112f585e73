// Forms whose fields must not go through events (passwords), or begin with a file.
import { useEffect, useRef, useState } from "react";
import { Link, useLocation } from "react-router";
import { Check, CircleAlert, Eye, EyeOff, LoaderCircle } from "lucide-react";
import { announce } from "./live.js";
import { ACCEPT, refusal, send } from "./upload.js";

const STEPS = ["", "Weak", "Fair", "Good", "Strong"];
const ADVICE = [
  "Use at least 8 characters; a short sentence works well.",
  "Weak. Use at least 10 characters; a short sentence works well.",
  "Fair. A few more characters make it hard to guess.",
  "Good. One more word makes it strong.",
  "Strong. Easy to remember, hard to guess.",
];

function strength(password) {
  if (!password) return 0;
  if (/^(password|passw0rd|qwert|letmein|iloveyou|welcome|12345|instaclone)/i.test(password)) return 1;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
  const points = password.length + kinds * 2 - (new Set(password).size < 5 ? 8 : 0);
  return password.length < 8 || points < 13 ? 1 : points < 17 ? 2 : points < 22 ? 3 : 4;
}

function Hint({ id, kind, children }) {
  const Sign = kind === "error" ? CircleAlert : kind === "ok" ? Check : null;
  return (
    <span id={id} className={`ic-hint${kind ? ` is-${kind}` : ""}`} role={kind === "error" ? "alert" : undefined}>
      {Sign && <Sign className="ic-icon" size={14} aria-hidden="true" />}
      <span>{children}</span>
    </span>
  );
}

function Field({ field, error, ok, onBlur, onChange }) {
  const [shown, setShown] = useState(false);
  const [value, setValue] = useState("");
  const [caps, setCaps] = useState(false);
  const secret = field.type === "password";
  const level = secret && field.meter ? strength(value) : 0;
  const hint = `${field.name}-hint`;
  const described = error || ok || caps || (secret && field.meter) ? hint : undefined;
  return (
    <div className="ic-field">
      <label className="ic-label" htmlFor={field.name}><span>{field.label}</span></label>
      <span className="ic-inputwrap">
        <input id={field.name} name={field.name} className="ic-input" type={secret && shown ? "text" : field.type} autoComplete={field.autocomplete}
          autoCapitalize={field.name === "name" ? "words" : "none"} spellCheck={false} required aria-invalid={error ? "true" : undefined} aria-describedby={described}
          maxLength={field.max} value={value}
          onChange={(event) => { setValue(event.target.value); onChange(field.name, event.target.value); }}
          onKeyUp={(event) => secret && setCaps(event.getModifierState?.("CapsLock") ?? false)}
          onBlur={(event) => onBlur(field.name, event.target.value)} />
        {secret && (
          <button type="button" className="ic-iconbtn is-muted ic-input-end" aria-label={shown ? "Hide password" : "Show password"} aria-pressed={shown} onClick={() => setShown(!shown)}>
            {shown ? <EyeOff className="ic-icon" size={20} aria-hidden="true" /> : <Eye className="ic-icon" size={20} aria-hidden="true" />}
          </button>
        )}
      </span>
      {secret && field.meter && (
        <span className="ic-strength" data-level={level} role="meter" aria-label="Password strength" aria-valuemin={0} aria-valuemax={4} aria-valuenow={level} aria-valuetext={STEPS[level] || "Empty"}><i /><i /><i /><i /></span>
      )}
      {error ? <Hint id={hint} kind="error">{error}</Hint>
        : caps ? <Hint id={hint}>Caps lock is on</Hint>
        : ok ? <Hint id={hint} kind="ok">{ok}</Hint>
        : secret && field.meter ? <Hint id={hint}>{ADVICE[level]}</Hint> : null}
    </div>
  );
}

/** Logs in or signs up over HTTP, because only an answer to a request can set the session cookie. */
export function AuthForm({ label, action, button, fields, errors, free, onEmail, onName, onUsername, children }) {
  const form = useRef(null);
  const [busy, setBusy] = useState(false);
  const [alert, setAlert] = useState("");
  const [answered, setAnswered] = useState({});
  const [touched, setTouched] = useState({});
  const [short, setShort] = useState("");
  const timer = useRef(null);
  const checks = { email: onEmail, name: onName, username: onUsername };
  const ask = (name, value) => {
    if (name === "password" && fields.some((field) => field.meter))
      setShort(value && value.length < 8 ? "Use at least 8 characters." : "");
    checks[name]?.(value);
  };
  const blur = (name, value) => {
    if (!value && !touched[name]) return;
    setTouched((known) => ({ ...known, [name]: true }));
    ask(name, value);
  };
  const change = (name, value) => {
    setAnswered((known) => ({ ...known, [name]: undefined }));
    setAlert("");
    clearTimeout(timer.current);
    if (name === "username" || touched[name]) timer.current = setTimeout(() => ask(name, value), 300);
  };
  const wrong = (name) => answered[name] || (name === "password" ? touched.password && short : (touched[name] || name === "username") && errors?.[name]) || "";
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setAlert("");
    const values = Object.fromEntries(new FormData(form.current));
    values.next = new URLSearchParams(window.location.search).get("next") ?? "";
    try {
      const response = await fetch(action, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(values) });
      const answer = await response.json();
      if (answer.next) {
        window.location.assign(answer.next);
        return;
      }
      setAnswered(answer.errors ?? {});
      setAlert(answer.alert ?? "");
    } catch {
      setAlert("We could not reach the server. Check your connection and try again.");
    }
    setBusy(false);
  };
  useEffect(() => {
    if (Object.values(answered).some(Boolean)) form.current.querySelector("[aria-invalid=true]")?.focus();
  }, [answered]);
  return (
    <form ref={form} className="ic-auth-box" aria-label={label} onSubmit={submit} noValidate>
      {children[0]}
      {alert && <div className="ic-alert" role="alert"><CircleAlert className="ic-icon" size={20} aria-hidden="true" /><span>{alert}</span></div>}
      {fields.map((field) => (
        <Field key={field.name} field={field} error={wrong(field.name)} onBlur={blur} onChange={change}
          ok={field.name === "username" && free ? `${free} is available` : ""} />
      ))}
      <div className="ic-auth-actions">
        <button type="submit" className="ic-btn is-primary is-lg is-block" aria-busy={busy} disabled={busy}>
          {busy && <LoaderCircle className="ic-icon ic-spin" size={20} aria-hidden="true" />}{button}
        </button>
      </div>
      {children[1]}
    </form>
  );
}

/** A link between the two forms that keeps where one was going. */
export function KeepNext({ to, className, children }) {
  const { search } = useLocation();
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  return <Link to={`${to}${mounted ? search : ""}`} className={className}>{children}</Link>;
}

/** Chooses, sends and sets a profile photo. */
export function AvatarButton({ className, label, onPhoto, children }) {
  const input = useRef(null);
  const [sent, setSent] = useState(null);
  const choose = (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    const why = refusal(file);
    if (why) {
      announce(why, { error: true });
      return;
    }
    setSent(0);
    send(file, {
      onProgress: setSent,
      onDone: (draft) => { setSent(null); onPhoto?.(draft.id); },
      onError: (text) => { setSent(null); announce(text, { error: true }); },
    });
  };
  return (
    <>
      <button type="button" className={className} aria-label={label || undefined} disabled={sent !== null} onClick={() => input.current.click()}>
        {sent === null ? children : `Uploading ${Math.round(sent * 100)}%`}
      </button>
      <input ref={input} type="file" accept={ACCEPT} hidden aria-label="Profile photo" onChange={choose} />
    </>
  );
}

/** The profile form: counts what is left, says what is unsaved, and keeps people from losing it. */
export function ProfileForm({ values, errors, saved, onSave }) {
  const [now, setNow] = useState(values);
  useEffect(() => setNow(values), [saved]);
  const dirty = Object.keys(values).some((name) => (now[name] ?? "") !== values[name]);
  useEffect(() => {
    if (!dirty) return undefined;
    const ask = (event) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty]);
  const form = useRef(null);
  useEffect(() => {
    if (Object.values(errors ?? {}).some(Boolean)) form.current.querySelector("[aria-invalid=true]")?.focus();
  }, [errors]);
  const field = (name, label, more = {}) => {
    const { area, ...rest } = more;
    const Tag = area ? "textarea" : "input";
    return (
      <div className="ic-field">
        <label className="ic-label" htmlFor={`profile-${name}`}><span>{label}</span>{area && <span className="ic-muted ic-xs">{(now[name] ?? "").length} / 150</span>}</label>
        <Tag id={`profile-${name}`} className={area ? "ic-textarea" : "ic-input"} value={now[name] ?? ""} aria-invalid={errors?.[name] ? "true" : undefined}
          aria-describedby={errors?.[name] ? `profile-${name}-hint` : undefined} onChange={(event) => setNow({ ...now, [name]: event.target.value })} {...rest} />
        {errors?.[name] && <Hint id={`profile-${name}-hint`} kind="error">{errors[name]}</Hint>}
      </div>
    );
  };
  return (
    <form ref={form} aria-label="Edit profile" onSubmit={(event) => { event.preventDefault(); onSave?.(now); }} noValidate>
      <div className="ic-two">{field("name", "Name", { autoComplete: "name" })}{field("username", "Username", { autoCapitalize: "none", spellCheck: false })}</div>
      <div style={{ height: 16 }} />
      {field("bio", "Bio", { area: true, maxLength: 150, style: { minHeight: 92 } })}
      {field("website", "Website", { type: "url", inputMode: "url", placeholder: "Add a link" })}
      <div className="ic-savebar">
        <span className="ic-muted ic-sm ic-grow">{dirty ? "Unsaved changes" : ""}</span>
        {dirty && <button type="button" className="ic-btn is-ghost" onClick={() => setNow(values)}>Cancel</button>}
        <button type="submit" className="ic-btn is-primary" disabled={!dirty}>Save</button>
      </div>
    </form>
  );
}
