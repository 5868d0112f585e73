// What the server tells a tab under a key, and what the tab hopes for until it is told.
import { useContext, useMemo, useSyncExternalStore } from "react";
import { StateStoreContext, app } from "$/utils/context-registry";

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

/** A name for one try, so that trying again is not doing twice. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
