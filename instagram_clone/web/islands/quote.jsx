// What a message answers: over its bubble, over the field, and while it is on its way.
import { CornerUpLeft, X } from "lucide-react";

const NAMED = { photo: "Photo", post: "Shared post", like: "❤️" };
const LENGTH = 80;

/** What is quoted of a message. */
export const quoteOf = (message) => ({
  id: message.id,
  by: message.by,
  username: message.username,
  line: NAMED[message.kind] ?? message.text.map((piece) => piece.text).join("").split(/\s+/).join(" ").slice(0, LENGTH),
});

function toOriginal(id) {
  const row = document.querySelector(`[data-message="${id}"]`);
  row?.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  row?.classList.remove("is-quoted");
  // Taken off and put on again in one go, nothing would light up the second time.
  requestAnimationFrame(() => row?.classList.add("is-quoted"));
}

/** Over a bubble; leads to the message it quotes while that is on the screen. */
export function Quote({ quote, by, username, me, here }) {
  if (!quote?.id) return null;
  const who = by === me ? "You" : username;
  if (!quote.username) return <p className="ic-quote"><span>{who} replied to a message that was unsent</span></p>;
  const whom = quote.by !== by ? (quote.by === me ? "you" : quote.username) : by === me ? "yourself" : "their own message";
  const Box = here ? "button" : "p";
  return (
    <Box className="ic-quote" {...(here ? { type: "button", onClick: () => toOriginal(quote.id), onDoubleClick: (event) => event.stopPropagation() } : {})}>
      <span><CornerUpLeft className="ic-icon" size={12} aria-hidden="true" />{who} replied to {whom}</span>
      <span className="ic-quote-line ic-truncate">{quote.line}</span>
    </Box>
  );
}

/** Over the field: what is being answered, and a way not to. */
export function Answering({ quote, me, onCancel }) {
  return (
    <div className="ic-answering is-message">
      <p role="status">
        <span className="ic-truncate">Replying to <b>{quote.by === me ? "yourself" : quote.username}</b></span>
        <span className="ic-truncate">{quote.line}</span>
      </p>
      <button type="button" className="ic-iconbtn is-sm is-muted" aria-label="Cancel reply" onClick={onCancel}><X className="ic-icon" size={16} aria-hidden="true" /></button>
    </div>
  );
}
