// Writing comments: each appears at once, and stays with a way to try again until it has arrived.
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import { X } from "lucide-react";
import { newKey, toLogin, useFact } from "./live.js";

const LIMIT = 2200;
const waiting = new Map();
const answering = new Map();
const listeners = new Set();
const NONE = [];

const tell = () => listeners.forEach((listener) => listener());

function change(postId, edit) {
  waiting.set(postId, edit(waiting.get(postId) ?? NONE));
  tell();
}

function answerTo(postId, comment) {
  if (comment) answering.set(postId, comment);
  else answering.delete(postId);
  tell();
}

const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const useWaiting = (postId) => useSyncExternalStore(subscribe, () => waiting.get(postId) ?? NONE, () => NONE);
const useAnswering = (postId) => useSyncExternalStore(subscribe, () => answering.get(postId), () => undefined);

export function CommentForm({ postId, avatar, username, signedIn, focus, size, onComment }) {
  const [text, setText] = useState("");
  const field = useRef(null);
  const heard = useAnswering(postId);
  // The card in the feed is no place to answer from: it shows no comments.
  const to = focus ? heard : undefined;
  // Before the next key can be pressed: one that came between focus and name would replace the name.
  useLayoutEffect(() => {
    if (!to) return;
    setText((before) => `@${to.username} ${before.replace(/^@\S*\s/, "")}`);
    field.current?.focus();
  }, [to]);
  useEffect(() => () => focus && answerTo(postId, undefined), [focus, postId]);
  useEffect(() => {
    const wanted = focus && new URLSearchParams(window.location.search).get("focus") === "comment";
    if (wanted) field.current?.focus();
  }, [focus, postId]);
  if (!signedIn)
    return <p className="ic-addcomment"><a className="ic-link" href="#login" onClick={(event) => { event.preventDefault(); toLogin(); }}>Log in</a><span className="ic-muted">to like or comment.</span></p>;
  const send = (event) => {
    event?.preventDefault();
    const written = text.trim();
    if (!written) return;
    const key = newKey();
    change(postId, (list) => [...list, { key, text: written, to: to?.id ?? "", thread: to?.thread ?? "" }]);
    setText("");
    answerTo(postId, undefined);
    onComment?.(postId, written, key, to?.id ?? "");
  };
  const cancel = () => {
    setText((before) => (before.trim() === `@${to.username}` ? "" : before));
    answerTo(postId, undefined);
    field.current?.focus();
  };
  const face = `${size ?? 26}px`;
  return (
    <form className="ic-addcomment" onSubmit={send}>
        {to && (
          <p className="ic-answering" role="status">
            <span className="ic-truncate">Replying to {to.username}</span>
            <button type="button" className="ic-iconbtn is-sm is-muted" aria-label="Cancel reply" onClick={cancel}><X className="ic-icon" size={16} aria-hidden="true" /></button>
          </p>
        )}
        <Face avatar={avatar} username={username} size={face} />
        <textarea ref={field} className="ic-bare" rows={1} aria-label="Add a comment" placeholder="Add a comment…" value={text} maxLength={LIMIT} autoComplete="off"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape" && to) {
              event.preventDefault();
              event.stopPropagation();
              cancel();
            }
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) send(event);
          }} />
        <button type="submit" className="ic-textbtn" aria-label="Post comment" disabled={!text.trim()}>Post</button>
    </form>
  );
}

export function ReplyButton({ postId, comment, thread, signedIn }) {
  const reply = () => (signedIn ? answerTo(postId, { id: comment.id, username: comment.username, thread }) : toLogin());
  return <button type="button" aria-label={`Reply to ${comment.username}`} onClick={reply}>Reply</button>;
}

/** What was written here and has not arrived yet: in a thread, or beside all. `arrived` is on screen. */
export function WaitingComments({ postId, thread, avatar, username, arrived, onComment }) {
  const list = useWaiting(postId);
  const here = (one) => thread === undefined || one.thread === thread;
  const there = (one) => arrived?.some((card) => (card.comment ?? card).key === one.key);
  return (
    <ul className="ic-waiting">
      {list.filter((one) => here(one) && !there(one)).map((one) => (
        <Waiting key={one.key} one={one} postId={postId} avatar={avatar} username={username} onComment={onComment} />
      ))}
    </ul>
  );
}

function Waiting({ one, postId, avatar, username, onComment }) {
  const answer = useFact(`sent_${one.key}`);
  useEffect(() => {
    if (answer?.ok) change(postId, (list) => list.filter((other) => other.key !== one.key));
  }, [answer, one.key, postId]);
  const failed = answer && !answer.ok;
  const retry = () => {
    const key = newKey();
    change(postId, (list) => list.map((other) => (other.key === one.key ? { ...one, key } : other)));
    onComment?.(postId, one.text, key, one.to);
  };
  return (
    <li className="ic-comment">
      <Face avatar={avatar} username={username} size="32px" />
      <div>
        <p className="ic-breaks"><span className="ic-user">{username}</span> {one.text}</p>
        <div className="ic-comment-meta" role="status">
          {failed ? <><span className="ic-failed">Not sent. {answer.why}</span><button type="button" onClick={retry}>Retry</button></> : <span>Sending…</span>}
        </div>
      </div>
    </li>
  );
}

export function Face({ avatar, username, size }) {
  return avatar
    ? <span className="ic-avatar" style={{ "--sz": size }}><img src={avatar} width={parseInt(size, 10)} height={parseInt(size, 10)} alt="" /></span>
    : <span className="ic-avatar is-initials" style={{ "--sz": size }} aria-hidden="true">{(username || "?").slice(0, 1).toUpperCase()}</span>;
}

/** The list of comments: says who commented, follows the end when the reader is near it. */
export function CommentList({ comments, children }) {
  const newest = comments[comments.length - 1]?.comment;
  const last = newest?.id ?? "";
  const lastBy = newest?.username;
  const list = useRef(null);
  const seen = useRef(null);
  const [fresh, setFresh] = useState(0);
  const [said, setSaid] = useState("");
  useEffect(() => {
    const before = seen.current;
    seen.current = last;
    if (before === null || !last || last === before) return;
    const box = list.current;
    setSaid(`${lastBy} commented`);
    const away = box.scrollHeight - box.scrollTop - box.clientHeight;
    if (away < 240 || box.scrollHeight <= box.clientHeight) box.scrollTo({ top: box.scrollHeight });
    else setFresh((number) => number + 1);
  }, [last, lastBy]);
  const toEnd = () => {
    setFresh(0);
    list.current.scrollTo({ top: list.current.scrollHeight, behavior: "smooth" });
  };
  return (
    <>
      <ul className="ic-comments" aria-label="Comments" ref={list} tabIndex={0}>{children}</ul>
      {fresh > 0 && <button type="button" className="ic-livecount" onClick={toEnd}>{fresh === 1 ? "1 new comment" : `${fresh} new comments`}</button>}
      <span className="ic-sr" role="status" aria-live="polite">{said}</span>
    </>
  );
}
