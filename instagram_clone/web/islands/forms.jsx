// Forms that keep what was typed, or begin with a file.
import { useEffect, useRef, useState } from "react";
import { CircleAlert } from "lucide-react";
import { announce } from "./live.js";
import { ACCEPT, refusal, send } from "./upload.js";

function Hint({ id, children }) {
  return (
    <span id={id} className="ic-hint is-error" role="alert"><CircleAlert className="ic-icon" size={14} aria-hidden="true" /><span>{children}</span></span>
  );
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
        {errors?.[name] && <Hint id={`profile-${name}-hint`}>{errors[name]}</Hint>}
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
