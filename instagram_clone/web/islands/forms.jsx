// A profile photo.
import { useRef, useState } from "react";
import { announce } from "./live.js";
import { ACCEPT, refusal, send } from "./upload.js";

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
