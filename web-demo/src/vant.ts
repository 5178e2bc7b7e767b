// The parts of Vant that the page uses, with their styles. Vant's icon font is left out: its style sheet loads from
// an external address, and the page draws its own marks.
import "vant/es/style/base.css";
import "vant/es/badge/index.css";
import "vant/es/loading/index.css";
import "vant/es/button/index.css";
import "vant/es/cell/index.css";
import "vant/es/cell-group/index.css";
import "vant/es/overlay/index.css";
import "vant/es/popup/index.css";
import "vant/es/tag/index.css";

export { Button, Cell, CellGroup, ConfigProvider, Loading, Popup, Tag } from "vant";
