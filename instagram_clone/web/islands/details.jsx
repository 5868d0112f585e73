// What can be done with a conversation: its people, its name, silence, leaving.
import { useState } from "react";
import { Link } from "react-router";
import { X } from "lucide-react";
import { Face } from "./comments.jsx";
import { Dialog } from "./layers.jsx";
import { Switch } from "./shell.jsx";

export function ConversationDetails({ chat, me, on, onClose }) {
  const [name, setName] = useState(chat.named ? chat.title : "");
  const [sure, setSure] = useState(null);
  const partner = chat.group ? null : chat.members[0];
  const ask = (question, action, run) => setSure({ question, action, run });
  if (sure)
    return (
      <Dialog label={sure.question} width="420px" onClose={() => setSure(null)}>
        <div className="ic-confirm">
          <h2 className="ic-h2">{sure.question}</h2>
          <div className="ic-confirm-actions">
            <button type="button" className="ic-btn" data-autofocus onClick={() => setSure(null)}>Cancel</button>
            <button type="button" className="ic-btn is-danger" onClick={() => { onClose(); sure.run(); }}>{sure.action}</button>
          </div>
        </div>
      </Dialog>
    );
  return (
    <Dialog label="Conversation details" width="420px" onClose={onClose}>
      <header className="ic-dialog-head"><span /><div><h2>Details</h2></div><span><button type="button" className="ic-iconbtn" aria-label="Close" onClick={onClose}><X className="ic-icon" size={22} aria-hidden="true" /></button></span></header>
      <div className="ic-dialog-body ic-details">
        {chat.group && chat.folder === "inbox" && (
          <form className="ic-details-name" onSubmit={(event) => { event.preventDefault(); on.rename?.(chat.id, name); onClose(); }}>
            <input className="ic-input" aria-label="Group name" placeholder="Group name" maxLength={50} value={name} onChange={(event) => setName(event.target.value)} />
            <button type="submit" className="ic-btn">Save</button>
          </form>
        )}
        <div className="ic-setrow">
          <span className="ic-setrow-text"><span>Mute messages</span></span>
          <Switch label="Mute messages" value={chat.id} on={chat.muted} onTurn={on.mute} />
        </div>
        <h3 className="ic-overline">People</h3>
        <ul>
          {chat.members.map((member) => (
            <li key={member.id} className="ic-panel-row">
              <Face avatar={member.avatar} username={member.username} size="44px" />
              <span className="ic-person-text"><Link className="ic-user ic-truncate" to={`/${member.username}`}>{member.username}</Link><span className="ic-muted ic-truncate">{member.name}</span></span>
              {chat.group && chat.starter === me && <button type="button" className="ic-btn is-sm" aria-label={`Remove ${member.username}`} onClick={() => ask(`Remove ${member.username}?`, "Remove", () => on.remove?.(chat.id, member.id))}>Remove</button>}
            </li>
          ))}
        </ul>
        <div className="ic-details-foot">
          {partner && <button type="button" className="ic-textbtn ic-danger" onClick={() => ask(`Block ${partner.username}?`, "Block", () => on.block?.(chat.id, partner.id))}>Block {partner.username}</button>}
          {chat.group && <button type="button" className="ic-textbtn ic-danger" onClick={() => ask("Leave this group?", "Leave", () => on.leave?.(chat.id))}>Leave group</button>}
          <button type="button" className="ic-textbtn ic-danger" onClick={() => ask("Delete this conversation for you?", "Delete", () => on.clear?.(chat.id))}>Delete conversation</button>
        </div>
      </div>
    </Dialog>
  );
}
