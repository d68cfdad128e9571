// Every limit that a user can meet, by name, with its unit last (design 3.3, "Limits").

export const limits = {
  /** Bytes of a request body. */
  bodyBytesMax: 64 * 1024,
  /** Bytes of `data` as UTF-8 without white space. */
  dataBytesMax: 32 * 1024,
  /** Levels of nesting in `data`; `data` itself is the first. */
  dataLevelsMax: 32,
  /** Members of all the objects in `data` together. */
  dataMembersMax: 2_000,
  /** Code points of an id, a shared id or an alias. */
  nameCodePointsMax: 255,
  /** Different aliases of a state. */
  aliasesMax: 8,
  /** Entries of the list `aliases` as it is sent, in which one may stand twice. */
  aliasesListedMax: 100,
  /** Characters of what stands between two slashes of a path, as an account or a key id does. */
  pathPartCharactersMax: 500,
  /** Bytes of the request line and headers together. */
  headerBytesMax: 8 * 1024,
  /** Milliseconds for the headers of a request to arrive, and for the whole request. */
  headersMsMax: 5_000,
  requestMsMax: 7_000,
  retentionSecondsMin: 60,
  retentionSecondsMax: 400 * 86_400,
  retentionSecondsDefault: 7 * 86_400,
  pickupDeadlineSecondsMin: 1,
  pickupDeadlineSecondsMax: 7 * 86_400,
  pickupDeadlineSecondsDefault: 120,
  waitSecondsMax: 20,
  waitersPerKeyMax: 1_000,
  waitersPerNodeMax: 10_000,
  listItemsMax: 200,
  listItemsDefault: 50,
  cursorCharactersMax: 2_000,
  /** Life of a link of the screen pop, in seconds. */
  linkSecondsMin: 60,
  linkSecondsMax: 8 * 3_600,
  linkSecondsDefault: 15 * 60,
  /** How long a tombstone tells "expired" or "erased" from "never written". */
  tombstoneSeconds: 30 * 86_400,
  /** How long a receipt of erasure is found, where its project lives as long. */
  receiptSeconds: 400 * 86_400,
  /** How long after a deadline it is told what was missed: a pickup may be on its way to the store. */
  missedGraceMs: 1_000,
  /** A look-up that found nothing was early where the state was written so soon after it. */
  earlyLookUpSeconds: 600,
  /** How long look-ups that found nothing are counted. */
  resultlessSeconds: 31 * 86_400,
  /** Streams of events that a key, and one server process, have open; one more is refused. */
  eventStreamsPerKeyMax: 100,
  eventStreamsPerNodeMax: 1_000,
  /** How long events wait for a reader that takes none, before its stream is cut off. */
  eventReaderMsMax: 10_000,
  /** How long events are kept for who comes again. */
  eventSeconds: 86_400,
  /** Outcomes of a kind that wait to be written; more of it are not counted. */
  outcomesWaitingMax: 50_000,
  /** Span and intervals that statistics may be asked for. */
  statsSecondsMax: 31 * 86_400,
  statsIntervalsMax: 1_000,
  /** Statistics that a server process counts, one at a time, or will; one more is answered 503. */
  statsWaitingMax: 50,
  /** States that one erasure by alias takes; the next call takes the next ones. */
  erasedTogetherMax: 1_000,
  /** Writes that wait for their group; one more is answered 503. */
  writesQueuedMax: 5_000,
  /** Milliseconds that a write may be expected to wait for its group; a longer one is answered 503. */
  writeDelayMsMax: 1_000,
  /** Calls that a PostgreSQL store has under way; one more is answered 503. */
  databaseCallsMax: 20_000,
  /** Audit entries that wait to be written; one more call is answered 503. */
  auditWaitingMax: 50_000,
  /** Characters of the actions that a reader of the audit names. */
  auditActionCharactersMax: 500,
  /** Calls that are not let in and leave an audit entry each, a second and in a burst. */
  auditStrangersPerSecond: 10,
  auditStrangersBurst: 1_000,
  /** Addresses, by key and status, whose calls beyond those are counted one by one. */
  auditStrangersMax: 100,
  auditRetentionSecondsMin: 86_400,
  auditRetentionSecondsMax: 3_650 * 86_400,
  auditRetentionSecondsDefault: 365 * 86_400,
  /** Characters of an account's or a project's id or slug. */
  slugCharactersMax: 63,
  /** Sensitive fields of a project. */
  sensitiveFieldsMax: 100,
  /** Pointers of a key that sees only what it lists. */
  allowedPointersMax: 100,
  /** Code points and levels of a JSON Pointer into `data`. */
  pointerCodePointsMax: 255,
  pointerLevelsMax: 32,
  /** Bytes of the header that names what a key did not see. */
  withheldBytesMax: 1024,
  keyNameCodePointsMax: 100,
  keyProjectsMax: 100,
  /** Life of a key that the command line makes; without one it lives for ever. */
  keyLifeSecondsMax: 3_650 * 86_400,
  /** Overlap of a rotated key and its successor, in seconds. */
  rotationOverlapSecondsDefault: 86_400,
  rotationOverlapSecondsMax: 30 * 86_400,
  /** Life of a session of the console, and of a link to sign in with, which opens one session. */
  sessionSecondsMax: 8 * 3_600,
  signInTokenSecondsMax: 15 * 60,
  /** Sessions of a key, and links; with one more the oldest ends. */
  sessionsPerKeyMax: 50,
  /** Wrong keys that an address may sign in with before it is slowed down, and then one in so long. */
  signInFailuresMax: 10,
  signInFailureSeconds: 10,
  /** Bytes of the ready answers that the SQLite store keeps in memory. */
  answerCacheBytesMax: 64 * 1024 * 1024,
  /** Hosts that a database URL names. */
  databaseHostsMax: 16,
  /** Seconds that a database URL may give a connection to be made. */
  databaseConnectSecondsMax: 60,
  /** Connections of one server process to PostgreSQL. */
  databasePoolMin: 2,
  databasePoolMax: 200,
  databasePoolDefault: 10,
  /** Requests a second, and in a burst, that a budget may be set to. */
  rateMax: 1_000_000_000,
  /** Keys, projects, and addresses with wrong keys, whose budgets a process remembers: of each. */
  budgetsMax: 10_000,
  /** Connections of one server process, and of one address to it. */
  connectionsMax: 1_000_000,
  connectionsDefault: 15_000,
  connectionsPerAddressDefault: 10_000,
  /** MiB of the request bodies that one server process holds at a time. */
  bodyMemoryMebibytesMax: 65_536,
  bodyMemoryMebibytesDefault: 64,
} as const;
