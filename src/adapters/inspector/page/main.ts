import { timelineText } from './model/lines.js';
import { initialState, next, storyOf, viewOf, waitingGate } from './model/page-state.js';
import type { PageEvent } from './model/page-state.js';
import { recordingOf } from './model/recording.js';
import { createStory } from './model/story.js';
import { createBar } from './parts/bar.js';
import { createChart } from './parts/chart.js';
import { part } from './parts/dom.js';
import { follow } from './parts/follow.js';
import { createGuide } from './parts/guide.js';
import { hearKeys } from './parts/keys.js';
import { createMessages } from './parts/messages.js';
import { createNow } from './parts/now.js';
import { createOutline } from './parts/outline.js';
import { pickFile, putText, saveFile } from './parts/files.js';
import { createScrubber } from './parts/scrubber.js';
import { createTimeline } from './parts/timeline.js';

let state = initialState();
let isDrawing = false;

/** Many events come at once; they are drawn once. */
function dispatch(event: PageEvent): void {
  state = next(state, event);
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    draw();
  });
}

const step = (step: number) => dispatch({ type: 'stepped', step });
const catchUp = () => dispatch({ type: 'caughtUp' });

const bar = createBar((selection) => dispatch({ type: 'selected', selection }));
const chart = createChart((chart) => dispatch({ type: 'chartChosen', chart }));
const outline = createOutline();
const now = createNow();
const timeline = createTimeline((position) => step(viewOf(state).steps.indexOf(position)));
const messages = createMessages();
const scrubber = createScrubber(step, catchUp);
const guide = createGuide(() => void letThrough());

function draw(): void {
  const view = viewOf(state);
  bar(state, view);
  guide(state);
  scrubber(
    view,
    state.position.kind === 'live',
    state.file.kind === 'opened' || state.connection === 'ended',
  );
  chart(state.chart, view.scene);
  outline(state.chart, view.scene);
  now(view);
  timeline(view, state.file.kind === 'opened' ? 0 : state.dropped);
  messages(view);
}

async function letThrough(): Promise<void> {
  // Of the state as it is, which may not have been drawn yet: a second click comes that fast.
  const waiting = waitingGate(state);
  if (!waiting) return;
  const { gate } = waiting;
  dispatch({ type: 'answered', answer: { kind: 'sent', gate } });
  try {
    const response = await fetch('next', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ gate }),
    });
    // It has been opened meanwhile, and the feed may tell so later.
    if (response.status === 404) dispatch({ type: 'told', item: { type: 'gate.opened', gate } });
    else if (!response.ok) dispatch({ type: 'answered', answer: { kind: 'refused', gate } });
  } catch {
    dispatch({ type: 'answered', answer: { kind: 'refused', gate } });
  }
}

pickFile(part('open', 'button'), part('file', 'input'), (name, opened) => {
  dispatch({
    type: 'file',
    file:
      opened.kind === 'opened'
        ? { kind: 'opened', name, story: createStory(opened.events) }
        : { ...opened, name },
  });
});
part('close', 'button').addEventListener('click', () => dispatch({ type: 'file', file: { kind: 'none' } }));
part('save', 'button').addEventListener('click', () =>
  saveFile('authchart-recording.json', recordingOf(storyOf(state).events)),
);
part('copy', 'button').addEventListener('click', () => {
  const { session, rows } = viewOf(state);
  void putText(part('copy', 'button'), timelineText(session ?? '', rows));
});
hearKeys({
  back: () => step(Math.max(0, viewOf(state).step - 1)),
  forth: () => step(viewOf(state).step + 1),
  first: () => step(0),
  live: catchUp,
  next: () => void letThrough(),
});
follow(dispatch);
draw();
