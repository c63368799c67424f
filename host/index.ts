// The library: what the command uses, for programs. `import { … } from "engram"`.
export { boardListener } from "./boards/board-listener.ts";
export { type Detection, type Level, type ListenOptions, listen } from "./boards/listening.ts";
export { type BoardKind, boardKinds, type OpenBoard, type OpenOptions, openBoard } from "./boards/registry.ts";
export { type DataSet, readDataSets } from "./data/data-set.ts";
export { Notices } from "./data/notices.ts";
export { readSound, type Sound } from "./data/sound.ts";
export { connect, type Session } from "./link/session.ts";
export { type FloatModel, readFloatModel, writeFloatModel } from "./model/float-model.ts";
export { type Model, readModel } from "./model/model.ts";
export { IntegerModel } from "./runtime/integer-model.ts";
export { type FrontEnd, keywordFrontEnd, narrowFrontEnd } from "./spec/frontend.ts";
export { UserError } from "./spec/user-error.ts";
export { evaluateClips, evaluateStream, evaluateUnheard } from "./tasks/evaluation.ts";
export { type KeywordOptions, keywordRecipe, trainKeywords } from "./tasks/keywords.ts";
export { floatListener, integerListener, type Listener } from "./tasks/listener.ts";
