"""How blocks look on a screen: one small style sheet, scoped to ``.ck``, for notebooks and pages alike."""

from __future__ import annotations

import re
from functools import lru_cache

from coachkit.presentation.theme import FONT_STACK, HEAT, INK, MUTED, PAPER, RULE, WASH, Theme

_STYLE = """
.ck{color:$ink;background:$paper;font-family:$font;font-size:1rem;line-height:1.55;overflow-wrap:anywhere}
.ck h1,.ck h2,.ck h3{color:$primary;line-height:1.22;font-weight:650;margin:0;text-wrap:balance}
.ck h1{font-size:2.3rem;letter-spacing:-.015em}
.ck h2{font-size:1.5rem;margin:2.6rem 0 .7rem}
.ck h3{font-size:1.08rem;margin:1.5rem 0 .4rem}
.ck p{margin:0 0 .85rem;max-width:44rem}
.ck ul,.ck ol{margin:0 0 1rem;padding-left:1.3rem;max-width:44rem}
.ck ul{list-style:disc}.ck ol{list-style:decimal}
.ck li{margin:0 0 .35rem;padding-left:.2rem}
.ck .ck-lead{font-size:1.16rem;line-height:1.45}
.ck .ck-small{font-size:.85rem;color:$muted;line-height:1.45}
.ck .ck-table{margin:1.1rem 0 1.4rem;overflow-x:auto}
.ck table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.4;margin:0;table-layout:auto;border:0}
.ck caption{caption-side:top;text-align:left;font-weight:600;color:$ink;padding:0 0 .45rem;font-size:.92rem}
.ck th,.ck td{text-align:left;vertical-align:top;padding:.5rem .7rem .5rem 0;border:0;border-bottom:1px solid $rule;
white-space:pre-line;background:none;max-width:none}
.ck thead th,.ck thead td{font-size:.8rem;font-weight:600;color:$muted;border-bottom:1.5px solid $ink;
vertical-align:bottom;overflow-wrap:normal}
.ck tbody th{font-weight:600}
.ck tbody tr,.ck tbody tr:nth-child(odd),.ck tbody tr:hover{background:none}
.ck td:empty{height:2.6em}
.ck .ck-right{text-align:right;font-variant-numeric:tabular-nums}
.ck .ck-center{text-align:center;font-variant-numeric:tabular-nums}
.ck .ck-right+:not(.ck-right){padding-left:1.1rem}
.ck .ck-note{margin:.5rem 0 0}
.ck figure{margin:1.2rem 0 1.6rem;padding:0}
.ck figure img{display:block;width:100%;height:auto}
.ck figcaption{font-size:.85rem;color:$muted;line-height:1.45;margin:.7rem 0 0;max-width:44rem}
.ck .ck-callout{border-left:4px solid $muted;background:$wash;padding:.9rem 1.1rem;margin:1.1rem 0;max-width:44rem;
box-sizing:border-box;break-inside:avoid}
.ck .ck-callout p{margin:0}
.ck .ck-callout-title{font-weight:650;font-size:.85rem;color:$muted}
.ck .ck-finding{border-color:$primary}.ck .ck-finding .ck-callout-title{color:$primary}
.ck .ck-finding p+p{font-size:1.22rem;line-height:1.4;margin-top:.2rem}
.ck .ck-question,.ck .ck-caution{border-color:$accent}
.ck .ck-question .ck-callout-title,.ck .ck-caution .ck-callout-title{color:$accent}
.ck blockquote{margin:.7rem 0;padding:.1rem 0 .1rem 1rem;border-left:2px solid $rule;color:$ink;max-width:44rem}
.ck blockquote p{margin:0;white-space:pre-line}
.ck blockquote footer{font-size:.82rem;color:$muted}
.ck .ck-fields{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(17rem,100%),1fr));gap:1rem 1.4rem;
margin:1rem 0}
.ck .ck-field{display:flex;flex-direction:column}
.ck .ck-field p{margin:0 0 .35rem;font-size:.92rem;line-height:1.4}
.ck .ck-hint{display:block;font-size:.82rem;color:$muted}
.ck .ck-lines{border:1px solid $rule;border-radius:3px;background:$paper;padding:.3rem .5rem;white-space:pre-line;
margin-top:auto}
.ck .ck-signatures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(13rem,100%),1fr));gap:2.2rem 2rem;
margin:2.6rem 0 1rem}
.ck .ck-signatures div{border-top:1px solid $ink;padding-top:.3rem;display:flex;justify-content:space-between;
font-size:.85rem;color:$muted}
.ck .ck-cover{padding:0 0 1.4rem;margin:0 0 1.6rem;border-bottom:1px solid $rule}
.ck .ck-cover p{margin:.15rem 0 0}
.ck .ck-cover .ck-publisher{color:$muted;font-size:.9rem;margin:0 0 1.6rem}
.ck .ck-cover .ck-person{font-size:1.5rem;line-height:1.3;margin:.5rem 0 .3rem}
.ck .ck-cover .ck-confidential{color:$accent;font-weight:600;font-size:.9rem;margin-top:.8rem}
"""
_PHONE = """
@media screen and (max-width:600px){
.ck h1{font-size:1.8rem}.ck h2{font-size:1.3rem;margin-top:2.1rem}.ck .ck-lead,.ck .ck-finding p+p{font-size:1.08rem}
.ck .ck-stack,.ck .ck-stack tbody,.ck .ck-stack tr,.ck .ck-stack th,.ck .ck-stack td,.ck .ck-stack caption{display:block}
.ck .ck-stack colgroup{display:none}
.ck .ck-stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.ck .ck-stack tr{border-bottom:1px solid $rule;padding:.55rem 0}
.ck .ck-stack th,.ck .ck-stack td{border:0;padding:.14rem 0;text-align:left}
.ck .ck-stack tbody th{font-size:1rem}
.ck .ck-stack .ck-right+:not(.ck-right){padding-left:0}
.ck .ck-stack td[data-label]{display:grid;grid-template-columns:minmax(6.5rem,34%) 1fr;gap:.6rem}
.ck .ck-stack td[data-label]::before{content:attr(data-label);color:$muted;font-size:.8rem;white-space:normal}
.ck .ck-stack td:not([data-label]):empty{display:none}
.ck .ck-stack td.ck-center[data-label]{padding:.2rem .4rem}
.ck .ck-stack td.ck-center[data-label]::before{color:$ink}
}
"""


@lru_cache(maxsize=16)
def block_style(theme: Theme) -> str:
    """The style sheet of all blocks in a client's colours, without comments or line breaks."""
    heat = "".join(f".ck .ck-heat{level}{{background:{color}}}" for level, color in enumerate(HEAT))
    values = {
        "ink": INK,
        "muted": MUTED,
        "rule": RULE,
        "wash": WASH,
        "paper": PAPER,
        "font": FONT_STACK,
        "primary": theme.primary,
        "accent": theme.accent,
    }
    text = re.sub(r"\$(\w+)", lambda found: values[found[1]], _STYLE + heat + _PHONE)
    return re.sub(r"\s*\n\s*", "", text)


def fragment_style(theme: Theme) -> str:
    """The style sheet as an element, for a fragment shown in a notebook.

    The scope is doubled so that it outweighs the notebook's own rules for tables.
    """
    return f"<style>{block_style(theme).replace('.ck ', '.ck.ck ')}</style>"
