// What the server tells a tab under a key, and what the tab hopes for until it is told.
import { useCallback, useContext, useMemo, useSyncExternalStore } from "react";
import { DispatchContext, StateStoreContext, app } from "$/utils/context-registry";

const slice = () => Object.keys(app.initialState ?? {}).find((name) => name.endsWith(".instagram_clone___live___delivery____live_state"));

/** The latest fact under a key; the component renders again when it changes. */
export function useFact(key) {
  const store = useContext(StateStoreContext);
  const [subscribe, read] = useMemo(
    () => [(listener) => store.subscribe(slice(), listener), () => store.getSnapshot(slice())?.[key]],
    [store, key],
  );
  return useSyncExternalStore(subscribe, read, () => undefined);
}

const NOTHING = {};

/** Everything this tab has been told, for what looks through it. */
export function useFacts() {
  const store = useContext(StateStoreContext);
  const [subscribe, read] = useMemo(
    () => [(listener) => store.subscribe(slice(), listener), () => store.getSnapshot(slice())],
    [store],
  );
  return useSyncExternalStore(subscribe, read, () => undefined) ?? NOTHING;
}

/** How many conversations have something new: those loaded `at` some time (ms), and what was told since. */
export function useUnread(loaded, at, me) {
  const facts = useFacts();
  return useMemo(() => {
    const last = { ...loaded };
    const told = Object.entries(facts).filter(([key]) => key.startsWith("chat_"));
    // Told a moment before the list was read may be told by another clock: it counts too.
    for (const [key, line] of told) if (!line.quiet && line.by !== me && line.told > at - 1000) last[key.slice(5)] = line.seq;
    for (const [key, line] of told) if (line.by === me) delete last[key.slice(5)];
    return Object.entries(last).filter(([id, seq]) => seq > (facts[`read_${id}`] ?? 0)).length;
  }, [facts, loaded, at, me]);
}

/** A function that notes facts in this tab alone. */
export function useLearn() {
  const dispatch = useContext(DispatchContext);
  return useCallback((facts) => dispatch[slice()]?.(facts), [dispatch]);
}

/** A name for one try, so that trying again is not doing twice. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Show a short message in the corner. */
export function announce(text, more = {}) {
  window.dispatchEvent(new CustomEvent("ic:toast", { detail: { id: Date.now() + Math.random(), text, ...more } }));
}

export const plural = (count, one) => `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;

/** 9,999 as it is, 12.4k above. */
export function short(count) {
  if (count < 10000) return count.toLocaleString("en");
  const [size, unit] = count < 1e6 ? [1e3, "k"] : [1e6, "m"];
  return `${(Math.floor((count / size) * 10) / 10).toLocaleString("en")}${unit}`;
}

export const toLogin = () =>
  window.location.assign(`/login?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
