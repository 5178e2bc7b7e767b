import { definePage } from "../../lib/page";
definePage({ texts: "venue", view: () => ({}) });
