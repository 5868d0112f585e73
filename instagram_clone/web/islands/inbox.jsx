// The list of conversations as it moves.
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "react-router";
import { BellOff, ChevronRight, MessageCircleDashed, Search } from "lucide-react";
import { Face } from "./comments.jsx";
import { useFact, useFacts, useUnread } from "./live.js";
import { TimeAgo } from "./shell.jsx";

const TYPING_MS = 6000;

/** The way to the messages, with how many conversations have something new in its name. */
export function MessagesLink({ unread, unreadAt, me, className, current, look, children }) {
  const count = useUnread(unread, unreadAt, me);
  const shown = count > 9 ? "9+" : count;
  return (
    <Link to="/messages" className={className} aria-current={current ? "page" : undefined} aria-label={count ? `Messages, ${shown} unread` : "Messages"}>
      {children}
      {count > 0 && <span className={look === "dot" ? "ic-dot" : "ic-badge"} aria-hidden="true">{look === "dot" ? null : shown}</span>}
    </Link>
  );
}

/** Who is here now, as told since a list was read, else as it was read. */
export function usePresence(member, readAt) {
  const told = useFact(`here_${member?.id}`);
  if (!member) return { online: false, at: "" };
  return told && told.told > readAt - 1000 ? { online: told.on, at: told.at } : { online: member.online, at: member.active_at };
}

/** The username of whoever is writing in a conversation, for a few seconds after each key. */
export function useTyping(chat) {
  const told = useFact(`typing_${chat}`);
  const [who, setWho] = useState(null);
  const before = useRef(told);
  useEffect(() => {
    if (!told || told === before.current) return undefined;
    setWho(told.who);
    const timer = setTimeout(() => setWho(null), TYPING_MS - 1000);
    return () => clearTimeout(timer);
  }, [told]);
  const line = useFact(`chat_${chat}`);
  useEffect(() => setWho(null), [line]);
  return who;
}

/** A row's truth as known here: as it was read, unless something newer was told. */
function current(row, facts, me) {
  const told = facts[`chat_${row.id}`];
  const newer = told && told.seq > row.last;
  const last = newer ? told.seq : row.last;
  const seen = Math.max(row.seen, facts[`read_${row.id}`] ?? 0, told?.by === me ? told.seq : 0);
  return { ...row, last, seen, line: newer ? told.line : row.line, lineBy: newer ? told.who : row.line_by, at: newer ? told.at : row.at };
}

export function Inbox({ rows, folder, requests, loadedAt, me, username, done, found, onMore, onRefresh, onSearch }) {
  const facts = useFacts();
  const [text, setText] = useState("");
  const asked = useRef(new Set());
  const { pathname } = useLocation();
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  const known = new Set(rows.map((row) => row.id));
  const unknown = Object.entries(facts).find(([key, told]) => key.startsWith("chat_") && !known.has(key.slice(5)) && told.told > loadedAt && !asked.current.has(`${key}${told.seq}`));
  useEffect(() => {
    if (!unknown) return;
    asked.current.add(`${unknown[0]}${unknown[1].seq}`);
    onRefresh?.();
  }, [unknown?.[0], unknown?.[1].seq]);
  const query = useDeferredValue(text.trim().toLowerCase());
  useEffect(() => {
    if (!query) return undefined;
    const timer = setTimeout(() => onSearch?.(query), 250);
    return () => clearTimeout(timer);
  }, [query]);
  const shown = rows.map((row) => current(row, facts, me)).filter((row) => row.title.toLowerCase().includes(query));
  shown.sort((one, other) => (one.at < other.at ? 1 : -1));
  const partners = new Set(rows.filter((row) => !row.group).map((row) => row.members[0]?.id));
  const others = query ? found.filter((person) => !partners.has(person.id)) : [];
  return (
    <>
      <div className="ic-inbox-tools">
        <label className="ic-search"><Search className="ic-icon" size={20} aria-hidden="true" />
          <input className="ic-input" type="search" aria-label="Search messages" placeholder="Search messages" value={text} onChange={(event) => setText(event.target.value)} />
        </label>
      </div>
      {folder === "inbox" && requests > 0 && (
        <Link className="ic-reqrow" to="/messages/requests" aria-label={`Message requests, ${requests > 9 ? "9+" : requests}`}>
          <MessageCircleDashed className="ic-icon" size={22} aria-hidden="true" /><span className="ic-grow ic-strong">Message requests</span>
          <span className="ic-badge">{requests > 9 ? "9+" : requests}</span><ChevronRight className="ic-icon" size={18} aria-hidden="true" />
        </Link>
      )}
      <nav className="ic-inbox-scroll" aria-label="Conversations">
        <ul>
          {shown.map((row) => <Row key={row.id} row={row} username={username} loadedAt={loadedAt} here={mounted && pathname === `/messages/${row.id}`} />)}
        </ul>
        {rows.length === 0 && !query && <p className="ic-muted ic-sm ic-inbox-none">{folder === "request" ? "No requests." : "Nobody yet. Write to somebody you follow."}</p>}
        {others.length > 0 && <h2 className="ic-overline ic-inbox-more">More people</h2>}
        <ul>
          {others.map((person) => (
            <li key={person.id}><Link className="ic-conv" to={`/messages?to=${person.id}`} aria-label={`Write to ${person.username}`}>
              <Face avatar={person.avatar} username={person.username} size="52px" />
              <span className="ic-conv-text"><span><span className="ic-user ic-truncate ic-grow">{person.username}</span></span><span className="ic-preview ic-truncate">{person.name}</span></span>
            </Link></li>
          ))}
        </ul>
        {query && shown.length === 0 && others.length === 0 && <p className="ic-muted ic-sm ic-inbox-none" role="status">Nobody by that name.</p>}
        {!done && !query && <button type="button" className="ic-btn is-ghost is-block" onClick={() => onMore?.()}>Show more</button>}
      </nav>
    </>
  );
}

function Row({ row, username, loadedAt, here }) {
  const typing = useTyping(row.id);
  const partner = row.group ? null : row.members[0];
  const { online } = usePresence(partner, loadedAt);
  const unread = row.folder === "inbox" && row.last > row.seen;
  const count = row.last - row.seen;
  const line = row.line && (row.lineBy === username ? `You: ${row.line}` : row.group ? `${row.lineBy}: ${row.line}` : row.line);
  return (
    <li>
      <Link className={`ic-conv${unread ? " is-unread" : ""}`} to={`/messages/${row.id}`} aria-label={`Conversation with ${row.title}${unread ? ", unread" : ""}`} aria-current={here ? "page" : undefined} preventScrollReset>
        <ChatFace chat={row} size={52} online={online} />
        <span className="ic-conv-text">
          <span><span className="ic-user ic-truncate ic-grow">{row.title}</span>{row.muted && <BellOff className="ic-icon ic-muted" size={14} aria-label="Muted" />}<span className="ic-time"><TimeAgo at={row.at} /></span></span>
          <span className="ic-preview"><span className="ic-truncate ic-grow">{typing ? <span className="ic-typingline">typing…</span> : line || "New conversation"}</span></span>
        </span>
        {unread && (count > 1 ? <span className="ic-badge ic-convcount">{count > 99 ? "99+" : count}</span> : <i className="ic-unread" />)}
      </Link>
    </li>
  );
}

/** The face of a conversation: its other person's, or two of a group's. */
export function ChatFace({ chat, size, online }) {
  const [first, second] = chat.members;
  if (!chat.group || !second)
    return <span className="ic-chatface" style={{ "--sz": `${size}px` }}><Face avatar={first?.avatar} username={first?.username ?? chat.title} size={`${size}px`} />{online && <i className="ic-on" style={{ "--on": size > 48 ? "14px" : "12px" }} />}</span>;
  const small = `${Math.round(size * 0.68)}px`;
  return <span className="ic-chatface is-group" style={{ "--sz": `${size}px` }}><Face avatar={first.avatar} username={first.username} size={small} /><Face avatar={second.avatar} username={second.username} size={small} /></span>;
}
