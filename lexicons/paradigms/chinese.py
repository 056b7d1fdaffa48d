"""Chinese person nouns, Mandarin and Cantonese: both scripts, the plural of persons, longer words.

    妈妈 = 媽媽, 妈妈们 = 媽媽們      女孩, 女孩儿, 女孩子

Nouns do not inflect. What varies is

- the **script**: simplified and traditional characters, by the table `PAIRS`, which holds only
  characters that match one to one in the words listed (妈 媽). Where one simplified character
  writes two words (后 queen, 後 behind) or usage differs (侄 姪), the entry gives the spelling;
- the **plural** of persons, 们 in Mandarin, which stands on nouns without a numeral (孩子们).
  Cantonese has 哋 with pronouns only, and 们 in the written standard;
- **r-colouring** (儿), named by the entry;
- the **context** of a short word: text is not cut into words, so a word before or after a given
  text is an entry too, for blocks (工 + 人 worker) and for what a block would hide (让 + 人们).

Words that describe (`inflect_adjective`) do not inflect either and take no 们. The **name of a
country** before a noun is also what other languages say with an adjective (法国作家 a French
writer, 法国政府 the government of France). It is a descriptor where what follows it is a noun for
persons, by the list `PERSONS`, or an ending that makes an adjective of origin (法国籍, 法裔).

Check the plural with Li and Thompson, Mandarin Chinese (1981), 3.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, Inflected, Word

KEYS = {
    "traditional": "the traditional spelling, where the table of characters does not make it",
    "simplified": "the simplified spelling, where the table of characters does not make it",
    "plural": "false where 们 does not stand on the word",
    "erhua": "true where the word is also written with 儿",
    "before": "texts, with blanks between, that make a longer word with the lemma after each; the "
    "lemma alone is not made",
    "after": "the same with texts after the lemma; with `before`, between both",
}

ADJECTIVE_KEYS = {
    **{key: KEYS[key] for key in ("traditional", "simplified", "before", "after")},
    "class": "country: a name of a country or place, not made alone but before nouns for persons "
    "and the endings of origin",
    "short": "the short name of the country, for the endings of origin (法 in 法裔)",
}

PERSONS = (
    "人 公民 民众 居民 市民 平民 男子 女子 男人 女人 男性 女性 男孩 女孩 妇女 儿童 学生 "
    "大学生 留学生 游客 侨民 士兵 军人 水手 工人 老师 教师 教授 学者 专家 医生 护士 律师 记者 "
    "作家 诗人 小说家 剧作家 画家 艺术家 音乐家 作曲家 歌手 演员 女演员 导演 模特 设计师 "
    "建筑师 摄影师 科学家 物理学家 化学家 数学家 历史学家 经济学家 哲学家 工程师 探险家 "
    "飞行员 宇航员 商人 企业家 球员 运动员 选手 球星 前锋 门将 车手 网民 网友 消费者 选民 "
    "外交官 传教士"
)
"""Nouns for persons that the name of a country stands right before. Offices of state are not
among them: a president is of the country, whatever the president's own nationality.
Nor are words that are descriptors themselves (移民, 老人), which the longer word would hide."""
ORIGINS = ("裔", "籍", "国籍")
SHORT_ORIGINS = ("裔", "籍", "式")

PAIRS = (
    "妈媽 妇婦 儿兒 爷爺 亲親 们們 孙孫 贵貴 闺閨 爱愛 双雙 长長 个個 体體 军軍 荣榮 复復 战戰 "
    "场場 汉漢 头頭 铁鐵 婶嬸 继繼 国國 务務 员員 类類 数數 权權 质質 际際 气氣 间間 参參 选選 "
    "脉脈 种種 脸臉 烟煙 鱼魚 缘緣 马馬 证證 声聲 寿壽 伦倫 设設 车車 祸禍 诗詩 敌敵 猎獵 恋戀 "
    "导導 领領 责責 发發 创創 办辦 当當 经經 纪紀 资資 仆僕 圣聖 艺藝 举舉 无無 惊驚 动動 诱誘 "
    "吓嚇 烦煩 过過 骇駭 杀殺 伤傷 骗騙 蜡蠟 丢丟 拟擬 传傳 绍紹 护護 请請 亚亞 罗羅 腊臘 尔爾 "
    "湾灣 满滿 华華 党黨 宾賓 鲁魯 约約 顿頓 庆慶 苏蘇 东東 广廣 门門 兰蘭 岛島 别別 没沒 让讓 "
    "给給 单單 赛賽 称稱 穷窮 报報 联聯 击擊 债債 机機 医醫 犹猶 运運 强強 众眾 样樣 这這 组組 "
    "会會 产產 书書 读讀 买買 卖賣 业業 实實 结結 见見 养養 访訪 观觀 乐樂 电電 视視 画畫 师師 "
    "张張 义義 应應 纳納 税稅 诉訴 讼訟 审審 专專 钢鋼 来來 陕陝 节節 时時 带帶 饼餅 绿綠 项項 "
    "婴嬰 绅紳 属屬 轻輕 残殘 兽獸 检檢 两兩 几幾 难難 执執 认認 觉覺 对對 关關 园園 网網 俩倆 "
    "伟偉 红紅 墙牆 宝寶 厂廠 独獨 户戶 内內 驻駐 额額 课課 开開 馆館 条條 哑啞 鳏鰥 遗遺 嬷嬤 "
    "孪孿 营營 农農 渔漁 术術 计計 学學 县縣 乡鄉 镇鎮 龙龍 隐隱 现現 许許 钱錢 赢贏 输輸 斗鬥 "
    "协協 议議 记記 话話 说說 论論 评評 译譯 讲講 调調 银銀 团團 队隊 阳陽 阴陰 险險 页頁 顶頂 "
    "驾駕 骑騎 验驗 鸡雞 鸟鳥 黄黃 窦竇 细細 猪豬 获獲 异異 庄莊 据據 旧舊 标標 树樹 档檔 温溫 "
    "灵靈 点點 热熱 环環 脑腦 舰艦 装裝 货貨 贩販 购購 贱賤 贷貸 费費 赞贊 赠贈 转轉 载載 较較 "
    "辈輩 边邊 进進 远遠 连連 邮郵 锁鎖 问問 闲閒 闻聞 阁閣 层層 币幣 弃棄 录錄 态態 恶惡 恼惱 "
    "惯慣 愿願 拥擁 损損 换換 奖獎 奥奧 娱娛 宠寵 侣侶 亿億 临臨 为為 习習 兴興 册冊 决決 凤鳳 "
    "凯凱 刚剛 剑劍 剧劇 区區 卢盧 卫衛 变變 叙敘 号號 吴吳 嘱囑 坏壞 坛壇 夹夾 奋奮 靓靚 争爭 "
    "储儲 兑兌 历歷 厦廈 喷噴 壶壺 尽盡 帐帳 帮幫 庙廟 惨慘 懒懶 扫掃 抚撫 担擔 挝撾 挤擠 杂雜 "
    "枪槍 梦夢 横橫 济濟 浆漿 牵牽 狮獅 狱獄 玛瑪 监監 盘盤 矶磯 积積 竞競 签簽 简簡 篮籃 粪糞 "
    "线線 纸紙 纽紐 绝絕 绩績 维維 缔締 缴繳 耸聳 聋聾 聪聰 舱艙 莱萊 萨薩 万萬 蛮蠻 虾蝦 袭襲 "
    "裤褲 讯訊 识識 诊診 词詞 诸諸 猫貓 财財 账賬 赡贍 辑輯 辩辯 达達 迹跡 鉴鑑 铅鉛 销銷 锦錦 "
    "阋鬩 阵陣 频頻 题題 风風 骂罵 鸭鴨 "
    "与與 丝絲 丧喪 丰豐 丽麗 乌烏 亏虧 价價 佣傭 侨僑 倾傾 兹茲 写寫 划劃 劳勞 势勢 厅廳 "
    "叶葉 听聽 壮壯 妪嫗 寻尋 将將 尸屍 岁歲 岗崗 库庫 废廢 弹彈 归歸 怀懷 总總 携攜 摄攝 "
    "摇搖 极極 欧歐 滚滾 疗療 疯瘋 盖蓋 碍礙 礼禮 离離 秃禿 筑築 级級 练練 织織 终終 统統 "
    "缅緬 编編 职職 肤膚 脚腳 脱脫 药藥 蕴蘊 语語 谢謝 贫貧 轮輪 迁遷 迈邁 逊遜 锋鋒 锡錫 "
    "闭閉 阅閱 阶階 陆陸 随隨 韦韋 韩韓 顾顧 颠顛 飞飛 骄驕 鲜鮮 麦麥 龄齡 伞傘 胁脅 癫癲 宫宮"
)
TRADITIONAL = {ord(pair[0]): pair[1] for pair in PAIRS.split()}
SIMPLIFIED = {ord(pair[1]): pair[0] for pair in PAIRS.split()}
WORDS = (
    ("游客", "遊客"),
    ("游民", "遊民"),
    ("老板", "老闆"),
    ("城里", "城裡"),
    ("干瘦", "乾瘦"),
    ("干部", "幹部"),
)
"""Words with a character that is written in two ways, by the word."""

PLURAL_ENDING, R_COLOURING = "们", "儿"


def to_traditional(text: str) -> str:
    """A text in traditional characters."""
    text = text.translate(TRADITIONAL)
    for simplified, traditional in WORDS:
        text = text.replace(simplified, traditional)
    return text


def to_simplified(text: str) -> str:
    """A text in simplified characters."""
    text = text.translate(SIMPLIFIED)
    for simplified, traditional in WORDS:
        text = text.replace(traditional, simplified)
    return text


def both_scripts(word: Word) -> Iterator[tuple[str, str]]:
    """Spellings of the lemma and what makes each; the lemma itself is first."""
    found = {word.lemma: "lemma"}
    for key, convert, rule in (
        ("simplified", to_simplified, "simplified characters"),
        ("traditional", to_traditional, "traditional characters"),
    ):
        for text in word.texts(key) or (convert(word.lemma),):
            found.setdefault(text, rule)
    yield from found.items()


def endings(text: str, suffix: str) -> tuple[str, ...]:
    """The text with a suffix in the script of the text; in both where it is of either."""
    simplified, traditional = suffix, to_traditional(suffix)
    if to_traditional(text) != text:
        return (text + simplified,)
    if to_simplified(text) != text:
        return (text + traditional,)
    return tuple(dict.fromkeys((text + simplified, text + traditional)))


def in_context(word: Word) -> Iterator[Inflected]:
    """The longer words that texts before and after the lemma make, in both scripts."""
    for first in word.text("before").split() or [""]:
        for last in word.text("after").split() or [""]:
            place = " and ".join(
                name for name in (first and f"after {first}", last and f"before {last}") if name
            )
            spellings = (
                convert(first) + lemma + convert(last)
                for lemma, _ in both_scripts(word)
                for convert in (str, to_simplified, to_traditional)
            )
            for text in dict.fromkeys(spellings):
                if text in (to_simplified(text), to_traditional(text)):
                    yield Inflected(text, FORMS, f"lemma {place}")


def inflect(word: Word) -> Iterator[Inflected]:
    """The word in both scripts, with 儿 and with 们."""
    if word.text("before") or word.text("after"):
        yield from in_context(word)
        return
    for text, rule in both_scripts(word):
        stems = {text: rule}
        if word.flag("erhua"):
            stems |= {r: f"{rule} + r-colouring -儿" for r in endings(text, R_COLOURING)}
        for stem, made in stems.items():
            yield Inflected(stem, FORMS, made)
            if word.keys.get("plural", True):
                for many in endings(stem, PLURAL_ENDING):
                    yield Inflected(many, PLURAL, f"{made} + plural -们")


def joined(first: str, last: str) -> Iterator[str]:
    """Both texts as one, the second in the script of the first; in both where that is of either."""
    for follower in dict.fromkeys((last, to_traditional(last))):
        text = first + follower
        if text in (to_simplified(text), to_traditional(text)):
            yield text


def with_persons(word: Word) -> Iterator[Inflected]:
    """The name of a country with nouns for persons and endings of origin."""
    for text, rule in both_scripts(word):
        for ending in ORIGINS:
            for made in joined(text, ending):
                yield Inflected(made, FORMS, f"{rule} + origin -{ending}")
        for person in PERSONS.split():
            for made in joined(text, person):
                yield Inflected(made, FORMS, f"{rule} + person {person}")
    if short := word.text("short"):
        for text, rule in both_scripts(Word(short)):
            for ending in SHORT_ORIGINS:
                yield Inflected(text + ending, FORMS, f"short name, {rule} + origin -{ending}")


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The word in both scripts; the name of a country with what makes it a descriptor."""
    kind = word.text("class", "plain")
    if kind == "country":
        yield from with_persons(word)
    elif kind != "plain":
        raise ValueError(f"no class {kind!r}: country or none")
    elif word.text("before") or word.text("after"):
        yield from in_context(word)
    else:
        for text, rule in both_scripts(word):
            yield Inflected(text, FORMS, rule)
