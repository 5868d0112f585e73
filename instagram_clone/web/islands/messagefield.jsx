// Writing a message: shown at once as sending, then sent, or kept with a way to try again.
import { useContext, useEffect, useRef, useState } from "react";
import { CircleAlert, Clock, Heart, Image as ImageIcon, Send, Smile } from "lucide-react";
import { EventLoopContext } from "$/utils/context-registry";
import { announce, useFact } from "./live.js";
import { Answering, Quote } from "./quote.jsx";
import { Menu } from "./layers.jsx";
import { ACCEPT, refusal, send as upload } from "./upload.js";
import { drop, edit, put, useWaiting } from "./waiting.js";

const LIMIT = 2000;
const TYPING_EVERY_MS = 3000;
const PATIENCE_MS = 10000;
const FACES = [..."😀😂🥹😍😘😎🤔😢😡🥳👍👏🙏💪👋🔥✨🎉❤️🌿".matchAll(/\p{Extended_Pictographic}\uFE0F?/gu)].map(([face]) => face);

/** Send what waits: a text or a heart at once, a photo when its file has gone up. */
function transmit(chat, one, on) {
  const answering = one.quote?.id ?? "";
  if (one.like) on.like?.(chat, one.key, answering);
  else if (!one.file) on.send?.(chat, one.key, one.text, answering);
  else if (one.media) on.photo?.(chat, one.key, one.media, answering);
  else
    upload(one.file, {
      use: "message",
      onProgress: (sent) => edit(chat, one.key, { progress: sent }),
      onDone: (draft) => {
        edit(chat, one.key, { media: draft.id, tried: Date.now() });
        on.photo?.(chat, one.key, draft.id, answering);
      },
      onError: (why) => edit(chat, one.key, { failed: true, why }),
    });
}

const drafts = {
  read: (chat) => { try { return sessionStorage.getItem(`ic:draft:${chat}`) ?? ""; } catch { return ""; } },
  write: (chat, text) => { try { text ? sessionStorage.setItem(`ic:draft:${chat}`, text) : sessionStorage.removeItem(`ic:draft:${chat}`); } catch { /* A draft then lives as long as its field. */ } },
};

export function MessageField({ chat, me, on, answering, onAnswered }) {
  const [text, setText] = useState(() => drafts.read(chat));
  const field = useRef(null);
  const files = useRef(null);
  const typed = useRef(0);
  const write = (words) => {
    setText(words);
    drafts.write(chat, words);
  };
  useEffect(() => {
    field.current.style.height = "40px";
    field.current.style.height = `${Math.min(field.current.scrollHeight, 132)}px`;
  }, [text]);
  useEffect(() => {
    if (answering) field.current.focus();
  }, [answering]);
  const begin = (message) => {
    transmit(chat, put(chat, { ...message, quote: answering }), on);
    onAnswered();
  };
  const cancel = () => {
    onAnswered();
    field.current.focus();
  };
  const send = (event) => {
    event?.preventDefault();
    const words = text.trim();
    if (!words) return;
    typed.current = 0;
    write("");
    begin({ text: words });
    field.current.focus();
  };
  const photos = (list) => {
    for (const file of [...list].slice(0, 10)) {
      const why = refusal(file);
      if (why) announce(why, { error: true });
      else begin({ file, url: URL.createObjectURL(file) });
    }
  };
  const key = (event) => {
    if (event.key === "Escape" && answering) {
      event.preventDefault();
      event.stopPropagation();
      cancel();
    }
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) send(event);
  };
  const change = (event) => {
    write(event.target.value);
    if (event.target.value.trim() && Date.now() - typed.current > TYPING_EVERY_MS) {
      typed.current = Date.now();
      on.typing?.(chat);
    }
  };
  const insert = (face) => {
    const at = field.current.selectionStart ?? text.length;
    write((text.slice(0, at) + face + text.slice(field.current.selectionEnd ?? at)).slice(0, LIMIT));
    field.current.focus();
  };
  return (
    <>
    {answering && <Answering quote={answering} me={me} onCancel={cancel} />}
    <form className="ic-composer" onSubmit={send} onDragOver={(event) => event.preventDefault()} onDrop={(event) => { event.preventDefault(); photos(event.dataTransfer.files); }}>
      <input ref={files} type="file" accept={ACCEPT} multiple hidden onChange={(event) => { photos(event.target.files); event.target.value = ""; }} />
      <button type="button" className="ic-iconbtn" aria-label="Add photo" onClick={() => files.current.click()}><ImageIcon className="ic-icon" size={22} aria-hidden="true" /></button>
      <textarea ref={field} className="ic-bare" rows={1} aria-label="Message" placeholder="Message…" value={text} maxLength={LIMIT} autoComplete="off" onChange={change} onKeyDown={key}
        onPaste={(event) => { if (event.clipboardData.files.length) { event.preventDefault(); photos(event.clipboardData.files); } }} />
      <Menu label="Add emoji" title="Emoji" className="ic-iconbtn" boxClass="is-up ic-emojibox">
        <Smile className="ic-icon" size={22} aria-hidden="true" />
        <div className="ic-emojirow is-many" role="group" aria-label="Emoji">
          {FACES.map((face) => <button key={face} type="button" role="menuitem" tabIndex={-1} aria-label={face} onClick={() => insert(face)}>{face}</button>)}
        </div>
      </Menu>
      {!text.trim() && <button type="button" className="ic-iconbtn" aria-label="Send a heart" onClick={() => begin({ like: true })}><Heart className="ic-icon" size={22} aria-hidden="true" /></button>}
      <button type="submit" className="ic-iconbtn ic-send" aria-label="Send" disabled={!text.trim()}><Send className="ic-icon" size={20} aria-hidden="true" /></button>
    </form>
    </>
  );
}

/** What was sent from here and has not arrived yet, at the end of the conversation. */
export function Waiting({ chat, messages, me, on }) {
  const list = useWaiting(chat);
  const [, errors] = useContext(EventLoopContext) ?? [null, []];
  const broken = errors.length > 0;
  const arrived = list.filter((one) => messages.some((message) => message.by === me && message.key === one.key)).map((one) => one.key);
  useEffect(() => {
    if (arrived.length) drop(chat, arrived);
  }, [arrived.join()]);
  // What was said into a dead connection, or left by a reload, is said again: the same key never sends twice.
  useEffect(() => {
    if (broken) return;
    for (const one of list) if (!one.failed && !arrived.includes(one.key) && (one.left || one.broken)) {
      edit(chat, one.key, { left: false, broken: false, tried: Date.now() });
      transmit(chat, one, on);
    }
  }, [broken, chat]);
  useEffect(() => {
    if (broken) for (const one of list) edit(chat, one.key, { broken: true });
  }, [broken, list.length]);
  return list.filter((one) => !arrived.includes(one.key)).map((one) => <WaitingMessage key={one.key} one={one} chat={chat} me={me} on={on} />);
}

function WaitingMessage({ one, chat, me, on }) {
  const answer = useFact(`sent_${one.key}`);
  const refused = answer && !answer.ok && answer.at !== one.ignore;
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (one.file && !one.media) return undefined;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [one.tried, one.media]);
  const failed = one.failed || refused || late;
  const retry = () => {
    edit(chat, one.key, { failed: false, why: "", ignore: answer?.at, tried: Date.now() });
    transmit(chat, one, on);
  };
  return (
    <>
      <div className="ic-msg is-me"><div className="ic-bubbles">
        <Quote quote={one.quote} by={me} me={me} />
        {one.like ? <p className="ic-bubble is-heart"><Heart className="ic-icon" size={36} aria-label="Heart" /></p>
          : one.url ? <div className="ic-bubble is-media"><img src={one.url} alt="" /></div>
          : <p className="ic-bubble ic-breaks">{one.text}</p>}
      </div></div>
      {failed ? (
        <p className="ic-sendstate is-error" role="alert"><CircleAlert className="ic-icon" size={14} aria-hidden="true" />Not sent. {(refused && answer.why) || one.why || ""}
          <button type="button" className="ic-textbtn" onClick={retry}>Retry</button>
          <button type="button" className="ic-textbtn" onClick={() => drop(chat, [one.key])}>Discard</button></p>
      ) : <p className="ic-sendstate"><Clock className="ic-icon" size={14} aria-hidden="true" />{one.progress < 1 ? `Sending ${Math.round(one.progress * 100)}%` : "Sending"}</p>}
    </>
  );
}
