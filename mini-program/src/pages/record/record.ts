import { definePage } from "../../lib/page";
definePage({ texts: "record", view: () => ({}) });
