/** The tools of the sample application; each caches under a namespace of its own name. */
export const NAMESPACES = ['search', 'summary', 'sentiment', 'translate', 'classify'] as const;
export type Namespace = (typeof NAMESPACES)[number];

export function isNamespace(text: string): text is Namespace {
  return (NAMESPACES as readonly string[]).includes(text);
}

/** One thing to know, in several wordings; the first is the usual one. */
export interface Topic {
  readonly namespace: Namespace;
  readonly wordings: readonly [string, ...string[]];
}

const PLACES =
  `harbour museum, night ferry, glass factory, town archive, botanical garden, cable car, fish market, opera house,
  science centre, old lighthouse, bicycle rental, central library, ice rink, river cruise, puppet theatre, film festival,
  tram depot, swimming pool, planetarium, castle ruin, craft brewery, climbing hall, jazz cellar, flower show,
  winter bazaar, maritime school, rowing club, observatory, paper mill, aquarium`.split(/,\s*/);

/** Wordings with {} for the place. */
const FRAMES: Readonly<Record<Namespace, readonly (readonly [string, ...string[]])[]>> = {
  search: [
    ['What are the opening hours of the {}?', '{} opening hours', 'Please tell me the opening hours for the {}'],
    ['What is the ticket price for the {}?', '{} ticket price', 'I would like to know the price of a {} ticket'],
    ['Which bus stops at the {}?', 'bus stops {}', 'Is there a bus that stops at the {}?'],
  ],
  summary: [
    [
      'Summarise the visitor report about the {}',
      'Please summarise the {} visitor report',
      'Visitor report {}: summarise it',
    ],
    [
      'Give me the yearly figures of the {} in one line',
      '{}: yearly figures, one line',
      'Yearly {} figures in one line, please',
    ],
  ],
  sentiment: [
    [
      'Is this friendly: "lovely staff at the {}"',
      '"lovely staff at the {}" - is this friendly?',
      'How friendly is "lovely {} staff"',
    ],
    [
      'Is this angry: "queued forever at the {}"',
      '"queued forever at the {}" - angry?',
      'How angry is "{}, queued forever"',
    ],
  ],
  translate: [
    ['Translate into French: the {} is closed on Mondays', 'French, please: the {} is closed on Mondays - translate'],
    ['Translate into Danish: where is the {} entrance?', 'Where is the entrance to the {}? Translate to Danish'],
  ],
  classify: [
    [
      'Which department handles a complaint about the {}?',
      'Department that handles a {} complaint',
      'Complaint, {}: which department handles it?',
    ],
    [
      'Is a letter to the {} urgent or routine?',
      'Letter to the {}: routine or urgent?',
      'Urgent or routine: a {} letter',
    ],
  ],
};

/** Every topic of a namespace, always in the same order. */
export function topicsOf(namespace: Namespace): readonly Topic[] {
  return PLACES.flatMap((place) =>
    FRAMES[namespace].map(([usual, ...others]) => ({
      namespace,
      wordings: [usual.replace('{}', place), ...others.map((wording) => wording.replace('{}', place))] as const,
    })),
  );
}
