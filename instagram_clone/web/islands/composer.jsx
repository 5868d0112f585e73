// Creating a post: choose, crop, describe. The photo is on its way to the server from the first step.
import { useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { ArrowLeft, CircleAlert, CircleCheck, LoaderCircle, RotateCw, Trash2, X } from "lucide-react";
import { Face } from "./comments.jsx";
import { newKey, useFact } from "./live.js";
import { Dialog } from "./layers.jsx";
import { ACCEPT, LIMITS, discard, megabytes, refusal, send } from "./upload.js";

const RATIOS = [["4:5", 0.8, 22, 28], ["1:1", 1, 26, 26], ["3:2", 1.5, 30, 20], ["Original", 0, 24, 24]];
const CAPTION = 2200;
const ALT = 1000;

export function Composer({ avatar, username, onShare }) {
  const [open, setOpen] = useState(false);
  const { search, pathname } = useLocation();
  const navigate = useNavigate();
  useEffect(() => {
    const show = () => setOpen(true);
    window.addEventListener("ic:create", show);
    return () => window.removeEventListener("ic:create", show);
  }, []);
  useEffect(() => {
    if (!new URLSearchParams(search).has("create")) return;
    setOpen(true);
    navigate(pathname, { replace: true, preventScrollReset: true });
  }, [search]);
  return open ? <Steps avatar={avatar} username={username} onShare={onShare} onClose={() => setOpen(false)} /> : null;
}

function Steps({ avatar, username, onShare, onClose }) {
  const [step, setStep] = useState(1);
  const [photo, setPhoto] = useState(null);
  const [crop, setCrop] = useState({ ratio: 0, zoom: 1, x: 0.5, y: 0.5 });
  const [caption, setCaption] = useState("");
  const [alt, setAlt] = useState("");
  const [key, setKey] = useState(newKey);
  const [asking, setAsking] = useState(false);
  const [sharing, setSharing] = useState(false);
  const [shape, setShape] = useState(null);
  const cancel = useRef(() => undefined);
  const shared = useRef(false);
  const answer = useFact(`sent_${key}`);
  const done = photo?.state === "done";
  const edited = Boolean(photo || caption || alt);

  useEffect(() => {
    if (!answer || !sharing) return;
    setSharing(false);
    if (answer.ok) {
      shared.current = true;
      onClose();
    }
  }, [answer, sharing]);

  const begin = (file) => {
    cancel.current();
    if (photo?.url) URL.revokeObjectURL(photo.url);
    const why = refusal(file);
    const next = { file, name: file.name, size: file.size, url: URL.createObjectURL(file), sent: 0, state: why ? "refused" : "busy", why };
    setPhoto(next);
    setShape(null);
    if (why) return;
    cancel.current = send(file, {
      onProgress: (sent) => setPhoto((now) => (now?.file === file ? { ...now, sent } : now)),
      onDone: (draft) => {
        setPhoto((now) => (now?.file === file ? { ...now, ...draft, sent: 1, state: "done" } : now));
        setShape((known) => known ?? { width: draft.width, height: draft.height });
      },
      onError: (text) => setPhoto((now) => (now?.file === file ? { ...now, state: "failed", why: text } : now)),
    });
  };
  const remove = () => {
    cancel.current();
    if (photo?.id) discard(photo.id);
    if (photo?.url) URL.revokeObjectURL(photo.url);
    setPhoto(null);
    setShape(null);
    setStep(1);
  };
  useEffect(() => () => {
    cancel.current();
  }, []);
  useEffect(() => {
    const paste = (event) => {
      const file = [...(event.clipboardData?.files ?? [])][0];
      if (!file || photo) return;
      event.preventDefault();
      begin(file);
    };
    window.addEventListener("paste", paste);
    return () => window.removeEventListener("paste", paste);
  });
  const leave = () => (edited ? setAsking(true) : onClose());
  const drop = () => {
    if (photo?.id && !shared.current) discard(photo.id);
    onClose();
  };
  const share = () => {
    if (!done || sharing) return;
    const tried = answer ? newKey() : key;
    setKey(tried);
    setSharing(true);
    const box = part(crop, shape ?? photo);
    onShare?.(photo.id, caption, alt, box.x, box.y, box.width, box.height, tried);
  };
  const title = { 1: "Create new post", 2: "Crop", 3: "New post" }[step];
  const preview = photo && { src: photo.broken && photo.preview ? photo.preview : photo.url };
  const view = photo && (
    <Frame photo={photo} src={preview.src} crop={crop} shape={shape} setCrop={step === 2 ? setCrop : null} thirds={step === 2}
      onShape={(size) => setShape((known) => known ?? size)} onBroken={() => setPhoto((now) => now && { ...now, broken: true })} />
  );
  return (
    <Dialog label="Create new post" className={`ic-create is-full${step === 1 ? " is-narrow" : ""}`} width={step === 1 ? "620px" : "880px"} onClose={leave}>
      <header className="ic-dialog-head">
        <span>
          {step === 1
            ? <button type="button" className="ic-iconbtn" aria-label="Close" onClick={leave}><X className="ic-icon" size={22} aria-hidden="true" /></button>
            : <button type="button" className="ic-iconbtn" aria-label="Back" onClick={() => setStep(step - 1)}><ArrowLeft className="ic-icon" size={22} aria-hidden="true" /></button>}
        </span>
        <div><h2>{title}</h2><span className="ic-stepper" aria-hidden="true">{[1, 2, 3].map((one) => <i key={one} className={one <= step ? "is-on" : undefined} />)}</span></div>
        <span>
          {step < 3 && photo && photo.state !== "refused" && <button type="button" className="ic-textbtn" onClick={() => setStep(step + 1)} disabled={photo.state === "failed"}>Next</button>}
          {step === 3 && <button type="button" className="ic-textbtn" onClick={share} disabled={!done || sharing} aria-busy={sharing}>{sharing ? "Sharing…" : "Share"}</button>}
        </span>
      </header>
      <div className="ic-dialog-body">
        {step === 1 && (photo ? <Upload photo={photo} onRemove={remove} onRetry={() => begin(photo.file)} onBroken={() => setPhoto((now) => now && { ...now, broken: true })} src={preview.src} /> : <Choose onFile={begin} />)}
        {step === 2 && (
          <div className="ic-edit">
            <div className="ic-edit-stage">{view}</div>
            <div className="ic-edit-side">
              <h3>Aspect ratio</h3>
              <Ratios crop={crop} setCrop={setCrop} />
              <h3>Position</h3>
              <label className="ic-slider">
                <span>Zoom</span><output>{crop.zoom.toFixed(1)}×</output>
                <input className="ic-range" type="range" min="1" max="3" step="0.05" value={crop.zoom} aria-label="Zoom" style={{ "--v": `${(crop.zoom - 1) * 50}%` }}
                  onChange={(event) => setCrop({ ...crop, zoom: Number(event.target.value) })} />
              </label>
              <p className="ic-hint"><span>Drag the photo, or use the arrow keys on it, to choose what is seen.</span></p>
            </div>
          </div>
        )}
        {step === 3 && (
          <div className="ic-edit is-compose">
            <div className="ic-edit-stage">{view}</div>
            <div className="ic-compose">
              <div className="ic-row" style={{ gap: 10 }}><Face avatar={avatar} username={username} size="32px" /><span className="ic-user">{username}</span></div>
              <textarea className="ic-textarea" aria-label="Caption" placeholder="Write a caption…" maxLength={CAPTION} value={caption} data-autofocus onChange={(event) => setCaption(event.target.value)} />
              <div className="ic-compose-bar"><span /><span aria-label={`${caption.length} of 2,200 characters`}>{caption.length.toLocaleString("en")} / 2,200</span></div>
              <div className="ic-alt">
                <label className="ic-label" htmlFor="alt-1"><span>Alt text</span><span className="ic-muted">For people who cannot see the photo</span></label>
                <input id="alt-1" className="ic-input" aria-label="Alt text for photo 1" maxLength={ALT} value={alt} onChange={(event) => setAlt(event.target.value)} />
              </div>
              {(photo?.state === "failed" || (answer && !answer.ok && !sharing)) && (
                <div className="ic-alert" role="alert" style={{ marginTop: 16 }}>
                  <CircleAlert className="ic-icon" size={20} aria-hidden="true" />
                  <span>{photo?.state === "failed" ? photo.why : answer.why} {photo?.state === "failed" && <button type="button" className="ic-textbtn" onClick={() => begin(photo.file)}>Retry</button>}</span>
                </div>
              )}
              {photo?.state === "busy" && <p className="ic-hint" role="status"><LoaderCircle className="ic-icon ic-spin" size={14} aria-hidden="true" /><span>Uploading, {Math.round(photo.sent * 100)}%</span></p>}
            </div>
          </div>
        )}
      </div>
      {asking && <Discard onKeep={() => setAsking(false)} onDiscard={drop} />}
    </Dialog>
  );
}

function Discard({ onKeep, onDiscard }) {
  return (
    <Dialog label="Discard post?" width="460px" onClose={onKeep}>
      <div className="ic-confirm">
        <h2 className="ic-h2">Discard this post?</h2>
        <p>Your photo and what you wrote have not been shared.</p>
        <div className="ic-confirm-actions">
          <button type="button" className="ic-btn is-quiet-danger" onClick={onDiscard}>Discard</button>
          <button type="button" className="ic-btn" data-autofocus onClick={onKeep}>Keep editing</button>
        </div>
      </div>
    </Dialog>
  );
}

function Choose({ onFile }) {
  const input = useRef(null);
  const [over, setOver] = useState(false);
  const take = (files) => files?.[0] && onFile(files[0]);
  return (
    <div className={`ic-drop${over ? " is-over" : ""}`} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
      onDrop={(event) => { event.preventDefault(); setOver(false); take(event.dataTransfer.files); }}>
      <svg className="ic-illus" viewBox="0 0 184 132" aria-hidden="true"><g transform="translate(8 0)"><g><rect x="70" y="12" width="78" height="92" rx="12" transform="rotate(8 109 58)" fill="var(--ic-illus-2)"/><g transform="rotate(-6 66 68)"><rect x="22" y="20" width="86" height="100" rx="14" fill="var(--ic-elevated)" stroke="var(--ic-hairline)"/><clipPath id="art-drop"><rect x="29" y="27" width="72" height="72" rx="9"/></clipPath><g clipPath="url(#art-drop)"><rect x="29" y="27" width="72" height="72" fill="var(--ic-illus-1)"/><circle cx="82" cy="48" r="9" fill="#EDB04E"/><path d="M20 99V82C34 62 48 62 60 78C72 66 88 68 106 84V99Z" fill="#F0775E"/><path d="M20 99V92C40 80 70 84 110 94V99Z" fill="#0E6763"/></g><rect x="29" y="106" width="34" height="5" rx="2.500" fill="var(--ic-illus-1)"/></g></g></g><g><circle cx="138" cy="104" r="19" fill="var(--ic-accent)"/><path d="M138 112v-16m-7 7 7-7 7 7" fill="none" stroke="var(--ic-on-accent)" strokeWidth="2.600" strokeLinecap="round" strokeLinejoin="round"/></g></svg>
      <p className="ic-h2" style={{ color: "var(--ic-text)", margin: 0 }}>Drop a photo here</p>
      <p>or choose one from your device</p>
      <button type="button" className="ic-btn is-primary" data-autofocus onClick={() => input.current.click()}>Select photos</button>
      <input ref={input} type="file" accept={ACCEPT} hidden aria-label="Photo" onChange={(event) => take(event.target.files)} />
      <p className="ic-xs ic-muted">{LIMITS}</p>
    </div>
  );
}

function Upload({ photo, src, onRemove, onRetry, onBroken }) {
  const percent = Math.round(photo.sent * 100);
  const wrong = photo.state === "failed" || photo.state === "refused";
  return (
    <ol className="ic-uploads">
      <li className={`ic-upload ${wrong ? "is-error" : photo.state === "done" ? "is-done" : "is-busy"}`}>
        <span className="ic-ordinal">1</span>
        <img src={src} width="56" height="56" alt="" onError={onBroken} />
        <div>
          <p className="ic-strong ic-truncate">{photo.name}</p>
          {wrong
            ? <div className="ic-upload-meta" role="alert"><CircleAlert className="ic-icon" size={15} aria-hidden="true" /><span>{photo.why}</span></div>
            : <div className="ic-upload-meta"><span>{photo.state === "done" ? megabytes(photo.size) : `${megabytes(photo.size * photo.sent)} of ${megabytes(photo.size)}`}</span><span>{photo.state === "done" ? "Uploaded" : percent < 100 ? `${percent}%` : "Preparing"}</span></div>}
          {photo.state === "busy" && <div className="ic-progress" role="progressbar" aria-label={`Uploading ${photo.name}`} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100}><i style={{ width: `${percent}%` }} /></div>}
        </div>
        <div className="ic-upload-actions">
          {photo.state === "done" && <span style={{ color: "var(--ic-success)" }}><CircleCheck className="ic-icon" size={20} aria-hidden="true" /><span className="ic-sr">Uploaded</span></span>}
          {photo.state === "failed" && <button type="button" className="ic-btn is-sm" aria-label={`Retry ${photo.name}`} onClick={onRetry}><RotateCw className="ic-icon" size={16} aria-hidden="true" />Retry</button>}
          {photo.state === "busy"
            ? <button type="button" className="ic-iconbtn is-sm is-muted" aria-label={`Cancel ${photo.name}`} onClick={onRemove}><X className="ic-icon" size={18} aria-hidden="true" /></button>
            : <button type="button" className="ic-iconbtn is-sm is-muted" aria-label={`Remove ${photo.name}`} onClick={onRemove}><Trash2 className="ic-icon" size={18} aria-hidden="true" /></button>}
        </div>
      </li>
    </ol>
  );
}

function Ratios({ crop, setCrop }) {
  const at = RATIOS.findIndex(([, ratio]) => ratio === crop.ratio);
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const to = (at + step + RATIOS.length) % RATIOS.length;
    setCrop({ ...crop, ratio: RATIOS[to][1] });
    event.currentTarget.children[to].focus();
  };
  return (
    <div className="ic-ratios" role="radiogroup" aria-label="Aspect ratio" onKeyDown={move}>
      {RATIOS.map(([name, ratio, width, height]) => (
        <button key={name} type="button" className="ic-ratio" role="radio" aria-checked={crop.ratio === ratio} tabIndex={crop.ratio === ratio ? 0 : -1} onClick={() => setCrop({ ...crop, ratio })}>
          <i style={{ width, height }} />{name}
        </button>
      ))}
    </div>
  );
}

/** The shape nearest to a photo's own that posts may have: POST_ASPECTS in domain/pictures.py. */
const fit = (own) => Math.min(1.91, Math.max(0.8, own));

/** The part of a photo that is seen, as fractions of its size. */
function part(crop, shape) {
  const own = shape.width / shape.height;
  const ratio = crop.ratio || fit(own);
  const width = Math.min(1, ratio / own) / crop.zoom;
  const height = Math.min(1, own / ratio) / crop.zoom;
  return { x: (1 - width) * crop.x, y: (1 - height) * crop.y, width, height };
}

function Frame({ photo, src, crop, shape, setCrop, thirds, onShape, onBroken }) {
  const frame = useRef(null);
  const [failed, setFailed] = useState(false);
  const own = shape ? shape.width / shape.height : 0.8;
  const ratio = crop.ratio || fit(own);
  const box = shape ? part(crop, shape) : { x: 0, y: 0, width: 1, height: 1 };
  const move = (dx, dy) => {
    if (!setCrop) return;
    const clamp = (value) => Math.min(1, Math.max(0, value));
    setCrop((now) => ({ ...now, x: box.width < 1 ? clamp(now.x - dx / (1 - box.width)) : 0.5, y: box.height < 1 ? clamp(now.y - dy / (1 - box.height)) : 0.5 }));
  };
  const drag = (event) => {
    if (!setCrop || !event.buttons) return;
    const size = frame.current.getBoundingClientRect();
    move((event.movementX / size.width) * box.width, (event.movementY / size.height) * box.height);
  };
  const key = (event) => {
    const way = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault();
    move(way[0] * 0.02, way[1] * 0.02);
  };
  const style = { width: `${100 / box.width}%`, height: `${100 / box.height}%`, left: `${(-box.x / box.width) * 100}%`, top: `${(-box.y / box.height) * 100}%` };
  return (
    <div ref={frame} className="ic-frame" style={{ aspectRatio: String(ratio), "--ar": ratio }} tabIndex={setCrop ? 0 : undefined} role={setCrop ? "group" : undefined}
      aria-label={setCrop ? "Position of photo 1" : undefined} onPointerDown={(event) => setCrop && event.currentTarget.setPointerCapture(event.pointerId)} onPointerMove={drag} onKeyDown={setCrop ? key : undefined}>
      {failed && !photo.preview ? <p className="ic-frame-wait" role="status">Preparing a preview…</p> : (
        <img src={src} alt="Preview of photo 1" draggable={false} style={style}
          onLoad={(event) => { setFailed(false); onShape({ width: event.target.naturalWidth, height: event.target.naturalHeight }); }}
          onError={() => { setFailed(true); onBroken(); }} />
      )}
      {thirds && <span className="ic-thirds" />}
    </div>
  );
}
