// An open conversation: what was read, what has arrived since, and who has seen it.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import { CheckCheck, ChevronLeft, Heart, Info, Reply, SmilePlus, Copy, Trash2 } from "lucide-react";
import { Face } from "./comments.jsx";
import { ChatFace, usePresence, useTyping } from "./inbox.jsx";
import { announce, useFacts, useLearn } from "./live.js";
import { MessageField, Waiting } from "./messagefield.jsx";
import { ConversationDetails } from "./details.jsx";
import { Quote, quoteOf } from "./quote.jsx";
import { ConfirmItem, Menu } from "./layers.jsx";
import { ago } from "./shell.jsx";

const EMOJI = ["❤️", "😂", "😮", "😢", "👏", "🔥"];
const NEAR_END = 120;
const TOGETHER_MS = 5 * 60 * 1000;

/** The messages as known here: those read, those told since, without those taken back; with what is hoped for. */
function useMessages(chat, read, me) {
  const facts = useFacts();
  return useMemo(() => {
    const prefix = `m_${chat}_`;
    const known = new Map(read.map((message) => [message.id, message]));
    const newest = read.length ? read[read.length - 1].seq : 0;
    for (const [key, told] of Object.entries(facts)) {
      if (!key.startsWith(prefix)) continue;
      const before = known.get(told.id);
      if (told.gone) known.delete(told.id);
      else if (before ? told.rev > before.rev : told.seq > newest) known.set(told.id, told);
    }
    const unsent = (id) => facts[prefix + id]?.gone;
    return [...known.values()].sort((one, other) => one.seq - other.seq).map((message) => ({
      ...message,
      quote: unsent(message.quote.id) ? { id: message.quote.id } : { ...message.quote, here: known.has(message.quote.id) },
      reactions: hopedFor(message, facts[`wish_${message.id}`], me),
    }));
  }, [facts, chat, read, me]);
}

/** A message's reactions, one's own as one has just chosen it until the server has answered. */
function hopedFor({ reactions, rev }, wish, me) {
  if (!wish || wish.rev < rev) return reactions;
  const { [me]: _, ...others } = reactions;
  return wish.emoji ? { ...others, [me]: wish.emoji } : others;
}

function useSeen(chat, members) {
  const facts = useFacts();
  return members.map((member) => {
    const told = facts[`seen_${chat}_${member.id}`];
    return told && told.seq > member.seen ? { ...member, seen: told.seq, seen_at: told.at } : member;
  });
}

const clock = (date) => date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

function dayOf(at) {
  const date = new Date(at);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
  const name = days === 0 ? "Today" : days === 1 ? "Yesterday" : date.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" });
  return `${name}, ${clock(date)}`;
}

/** Bubbles of one person within five minutes are one group; a new day begins anew. */
function grouped(messages, unreadFrom) {
  const groups = [];
  for (const message of messages) {
    const group = groups[groups.length - 1];
    const last = group?.list[group.list.length - 1];
    const newDay = !last || new Date(last.at).toDateString() !== new Date(message.at).toDateString();
    const first = message.seq === unreadFrom;
    if (last && !newDay && !first && last.by === message.by && new Date(message.at) - new Date(last.at) < TOGETHER_MS) group.list.push(message);
    else groups.push({ by: message.by, list: [message], day: newDay ? dayOf(message.at) : "", first });
  }
  return groups;
}

/** Each conversation begins anew. Without one, for the moment between two, there is nothing to show. */
export function Thread(props) {
  return props.chat ? <OpenThread key={props.chat.id} {...props} /> : null;
}

function OpenThread({ chat, messages: read, posts, older, loadedAt, me, ...handlers }) {
  // onSend is on.send: the parts below take them together.
  const on = Object.fromEntries(Object.entries(handlers).map(([name, call]) => [name.slice(2).toLowerCase(), call]));
  const messages = useMessages(chat.id, read, me);
  const members = useSeen(chat.id, chat.members);
  const typing = useTyping(chat.id);
  const learn = useLearn();
  const log = useRef(null);
  const [fresh, setFresh] = useState(0);
  const [answering, setAnswering] = useState(null);
  const [seenBefore] = useState(chat.seen);
  const request = chat.folder === "request";
  const newest = messages[messages.length - 1];
  const unreadFrom = messages.find((message) => message.seq > seenBefore && message.by !== me)?.seq;
  const nearEnd = () => log.current.scrollHeight - log.current.scrollTop - log.current.clientHeight < NEAR_END;
  const toEnd = (behavior) => log.current.scrollTo({ top: log.current.scrollHeight, behavior });

  const shape = useRef(null);
  useLayoutEffect(() => {
    const box = log.current;
    const was = shape.current;
    const first = messages[0]?.seq ?? 0;
    const last = newest?.seq ?? 0;
    if (was === null) {
      const line = box.querySelector("[data-unread]");
      if (line) line.scrollIntoView({ block: "center" });
      else toEnd();
    } else if (first < was.first) box.scrollTop += box.scrollHeight - was.height;
    else if (last > was.last) {
      if (was.near || newest.by === me) toEnd();
      else setFresh((count) => count + messages.filter((message) => message.seq > was.last).length);
    } else if (was.near) toEnd();
    shape.current = { first, last, height: box.scrollHeight, near: nearEnd() };
  });

  const noted = useRef(chat.seen);
  useEffect(() => {
    const note = () => {
      if (request || !newest || document.visibilityState !== "visible" || !nearEnd()) return;
      setFresh(0);
      if (newest.seq <= noted.current) return;
      noted.current = newest.seq;
      learn({ [`read_${chat.id}`]: newest.seq });
      on.read?.(chat.id, newest.seq);
    };
    note();
    const box = log.current;
    box.addEventListener("scroll", note);
    document.addEventListener("visibilitychange", note);
    return () => {
      box.removeEventListener("scroll", note);
      document.removeEventListener("visibilitychange", note);
    };
  }, [chat.id, newest?.seq, request]);

  const asked = useRef(0);
  const scrolled = () => {
    shape.current.near = nearEnd();
    const first = messages[0]?.seq;
    if (older && log.current.scrollTop < 400 && asked.current !== first) {
      asked.current = first;
      on.older?.(chat.id);
    }
  };
  useEffect(() => {
    const missing = messages.find((message) => message.post && !posts[message.post]);
    if (missing) on.post?.(chat.id, missing.id);
  }, [newest?.seq, posts]);

  const mine = messages.filter((message) => message.by === me);
  // Whoever writes back has accepted.
  const waiting = chat.waiting && mine.length > 0 && mine.length === messages.length;
  const lastMine = mine[mine.length - 1];
  return (
    <section className="ic-thread" aria-label={`Conversation with ${chat.title}`}>
      <Head chat={chat} me={me} loadedAt={loadedAt} on={on} />
      <div ref={log} className="ic-thread-body" role="log" aria-live="polite" aria-label={`Messages with ${chat.title}`} tabIndex={0} onScroll={scrolled}>
        {older ? <p className="ic-muted ic-sm ic-day" role="status">Loading older messages</p> : <Beginning chat={chat} />}
        {grouped(messages, unreadFrom).map((group) => (
          <Group key={group.list[0].id} group={group} chat={chat} me={me} posts={posts} request={request} on={on} onAnswer={waiting ? undefined : setAnswering}
            state={lastMine && group.list.includes(lastMine) ? seenWords(lastMine, members, chat.group) : ""} />
        ))}
        <Waiting chat={chat.id} messages={messages} me={me} on={on} />
        {typing && (
          <div className="ic-msg"><Face avatar={members.find((member) => member.username === typing)?.avatar} username={typing} size="28px" /><div className="ic-bubbles"><span className="ic-typing" role="status" aria-label={`${typing} is typing`}><i /><i /><i /></span></div></div>
        )}
      </div>
      {fresh > 0 && <button type="button" className="ic-livecount ic-threadpill" onClick={() => toEnd("smooth")}>{fresh === 1 ? "1 new message" : `${fresh} new messages`}</button>}
      {request ? <Request chat={chat} on={on} />
        : waiting ? <div className="ic-request"><p>You can write again when {chat.title} accepts your message.</p></div>
        : <MessageField chat={chat.id} me={me} on={on} answering={answering} onAnswered={() => setAnswering(null)} />}
    </section>
  );
}

function seenWords(message, members, group) {
  const seen = members.filter((member) => member.seen >= message.seq);
  if (seen.length === 0) return "Sent";
  if (group) return `Seen by ${seen.map((member) => member.username).join(", ")}`;
  return seen[0].seen_at ? `Seen ${clock(new Date(seen[0].seen_at))}` : "Seen";
}

function Head({ chat, me, loadedAt, on }) {
  const [details, setDetails] = useState(false);
  const partner = chat.group ? null : chat.members[0];
  const here = usePresence(partner, loadedAt);
  const words = chat.group ? `${chat.members.length + 1} people` : here.online ? "Active now" : here.at ? activeAgo(here.at) : partner?.name;
  return (
    <header className="ic-thread-head">
      <Link className="ic-iconbtn ic-only-phone" to="/messages" aria-label="Back"><ChevronLeft className="ic-icon" size={24} aria-hidden="true" /></Link>
      <ChatFace chat={chat} size={44} online={here.online} />
      <div className="ic-grow ic-thread-who">
        {partner ? <Link className="ic-user ic-truncate" to={`/${partner.username}`}>{chat.title}</Link> : <span className="ic-user ic-truncate">{chat.title}</span>}
        <span className="ic-xs ic-muted ic-truncate">{words}</span>
      </div>
      <button type="button" className="ic-iconbtn" aria-label="Conversation details" aria-haspopup="dialog" onClick={() => setDetails(true)}><Info className="ic-icon" size={22} aria-hidden="true" /></button>
      {details && <ConversationDetails chat={chat} me={me} on={on} onClose={() => setDetails(false)} />}
    </header>
  );
}

function activeAgo(at) {
  const words = ago(new Date(at), Date.now());
  if (words === "now") return "Active a moment ago";
  return /^\d+[mhdw]$/.test(words) ? `Active ${words.slice(0, -1)} ${{ m: "min", h: "h", d: "d", w: "w" }[words.slice(-1)]} ago` : `Active ${words}`;
}

function Beginning({ chat }) {
  const partner = chat.group ? null : chat.members[0];
  return (
    <div className="ic-chatstart">
      <ChatFace chat={chat} size={88} />
      <p className="ic-h2">{partner?.name ?? chat.title}</p>
      {partner ? <p className="ic-muted ic-sm">{partner.username}</p> : <p className="ic-muted ic-sm">{chat.members.map((member) => member.username).join(", ")}</p>}
      {partner && <Link className="ic-btn is-sm" to={`/${partner.username}`}>View profile</Link>}
    </div>
  );
}

function Group({ group, chat, me, posts, request, on, onAnswer, state }) {
  const mine = group.by === me;
  const { username, avatar } = group.list[0];
  return (
    <>
      {group.day && <p className="ic-day">{group.day}</p>}
      {group.first && <p className="ic-day ic-unreadline" data-unread>New messages</p>}
      <div className={`ic-msg${mine ? " is-me" : ""}`}>
        {!mine && <Face avatar={avatar} username={username} size="28px" />}
        <div className="ic-bubbles">
          {chat.group && !mine && <span className="ic-xs ic-muted ic-bubble-by">{username}</span>}
          {group.list.map((message) => <Bubble key={message.id} message={message} chat={chat} me={me} mine={mine} card={posts[message.post]} request={request} on={on} onAnswer={onAnswer} />)}
        </div>
      </div>
      {state && <p className="ic-seen">{state !== "Sent" && <CheckCheck className="ic-icon" size={14} aria-hidden="true" />}{state}</p>}
    </>
  );
}

function Bubble({ message, chat, me, mine, card, request, on, onAnswer }) {
  const learn = useLearn();
  const reactions = Object.entries(message.reactions);
  const react = (chosen) => {
    const emoji = message.reactions[me] === chosen ? "" : chosen;
    learn({ [`wish_${message.id}`]: { rev: message.rev, emoji } });
    on.react?.(chat.id, message.id, emoji);
  };
  const like = () => !request && message.reactions[me] !== "❤️" && react("❤️");
  const words = message.text.map((piece) => piece.text).join("");
  const copy = () => navigator.clipboard.writeText(words).then(() => announce("Message copied"), () => undefined);
  const body = { photo: <Photo message={message} />, post: <><SharedPost id={message.post} card={card} />{words && <Text message={message} />}</>, like: <p className="ic-bubble is-heart"><Heart className="ic-icon" size={36} aria-label="Heart" /></p> };
  return (
    <div className={`ic-bubblerow${mine ? " is-mine" : ""}`} data-message={message.id} title={new Date(message.at).toLocaleString("en-GB")}>
      <div className={reactions.length ? "ic-reacted" : "ic-unreacted"} onDoubleClick={like}>
        <Quote quote={message.quote} by={message.by} username={message.username} me={me} here={message.quote.here} />
        {body[message.kind] ?? <Text message={message} />}
        {reactions.length > 0 && <Reactions reactions={reactions} chat={chat} me={me} />}
      </div>
      {!request && (
        <Menu label="Message options" title="Message options" className="ic-iconbtn is-sm ic-bubble-menu" boxClass={mine ? "" : "is-left"}>
          <SmilePlus className="ic-icon" size={18} aria-hidden="true" />
          <div className="ic-emojirow" role="group" aria-label="Reactions">
            {EMOJI.map((emoji) => <button key={emoji} type="button" role="menuitem" tabIndex={-1} className={message.reactions[me] === emoji ? "is-on" : ""} aria-label={message.reactions[me] === emoji ? `Take ${emoji} back` : `React with ${emoji}`} onClick={() => react(emoji)}>{emoji}</button>)}
          </div>
          {onAnswer && <button type="button" role="menuitem" tabIndex={-1} className="ic-menuitem" onClick={() => onAnswer(quoteOf(message))}><Reply className="ic-icon" size={20} aria-hidden="true" />Reply</button>}
          {words && <button type="button" role="menuitem" tabIndex={-1} className="ic-menuitem" onClick={copy}><Copy className="ic-icon" size={20} aria-hidden="true" />Copy</button>}
          {mine && (
            <ConfirmItem title="Unsend message?" question="Unsend this message?" text="It goes for everybody in this conversation." action="Unsend" onConfirm={() => on.unsend?.(chat.id, message.id)}>
              <Trash2 className="ic-icon" size={20} aria-hidden="true" />Unsend
            </ConfirmItem>
          )}
        </Menu>
      )}
    </div>
  );
}

function Reactions({ reactions, chat, me }) {
  const named = (id) => (id === me ? "you" : chat.members.find((member) => member.id === id)?.username ?? "somebody");
  const kinds = [...new Set(reactions.map(([, emoji]) => emoji))];
  const by = (emoji) => reactions.filter(([, other]) => other === emoji).map(([id]) => named(id)).join(", ");
  const label = kinds.map((emoji) => (emoji === "❤️" ? `Liked by ${by(emoji)}` : `${emoji} by ${by(emoji)}`)).join("; ");
  return (
    <span className="ic-reaction" role="img" aria-label={label}>
      {kinds.map((emoji) => (emoji === "❤️" ? <Heart key={emoji} className="ic-icon" size={13} aria-hidden="true" /> : <span key={emoji}>{emoji}</span>))}
      {reactions.length > 1 && <span className="ic-xs">{reactions.length}</span>}
    </span>
  );
}

export function Text({ message }) {
  return (
    <p className="ic-bubble ic-breaks">
      {message.text.map((piece, at) => !piece.href ? piece.text
        : piece.outside ? <a key={at} href={piece.href} rel="nofollow ugc noopener" target="_blank">{piece.text}</a>
        : <Link key={at} to={piece.href}>{piece.text}</Link>)}
    </p>
  );
}

function Photo({ message }) {
  const { id, width, height, widths, placeholder } = message.photo;
  const best = widths.find((one) => one >= 640) ?? widths[widths.length - 1];
  return (
    <a className="ic-bubble is-media" href={`/media/${id}/2048`} target="_blank" rel="noopener" aria-label={`Photo from ${message.username}`} style={{ "--ph": `url("${placeholder}")` }}>
      <img src={`/media/${id}/${best}`} width={width} height={height} alt="" loading="lazy" decoding="async" style={{ aspectRatio: `${width} / ${height}` }} />
    </a>
  );
}

function SharedPost({ id, card }) {
  if (!card) return <span className="ic-sharecard ic-sharecard-wait" aria-busy="true" />;
  if (!card.username) return <p className="ic-bubble ic-unavailable">This post is unavailable.</p>;
  return (
    <Link className="ic-sharecard" to={`/p/${id}`} aria-label={`Shared post by ${card.username}`}>
      <span className="ic-sharecard-head"><Face avatar={card.avatar} username={card.username} size="24px" /><span className="ic-user">{card.username}</span></span>
      <img className="ic-shareimg" src={card.photo} width="640" height="360" alt="" loading="lazy" decoding="async" />
      <p className="ic-truncate"><b className="ic-user">{card.username}</b> {card.caption}</p>
    </Link>
  );
}

function Request({ chat, on }) {
  const partner = chat.members.find((member) => member.id === chat.starter) ?? chat.members[0];
  return (
    <div className="ic-request" role="region" aria-label="Message request">
      <p className="ic-h3">{chat.group ? `${partner?.username} wants you in this group` : `${chat.title} wants to send you a message`}</p>
      <p>They will not know you have seen this until you accept.</p>
      <div className="ic-request-actions">
        {partner && <button type="button" className="ic-btn is-quiet-danger" onClick={() => on.block?.(chat.id, partner.id)}>Block</button>}
        <button type="button" className="ic-btn is-outline" onClick={() => on.decline?.(chat.id)}>Delete</button>
        <button type="button" className="ic-btn is-primary" onClick={() => on.accept?.(chat.id)}>Accept</button>
      </div>
    </div>
  );
}
