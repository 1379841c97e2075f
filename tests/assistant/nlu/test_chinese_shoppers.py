"""How Chinese shoppers write amounts, sizes, counts, names and needs, and what of it names nothing."""

import pytest

from assistant.nlu.common_words import carrying_words, common_verbs
from assistant.nlu.scripts import plain

SEARCH, REFINE, WISH = "search_products", "refine_search", "state_wish"


def named(reader, text, intent):
    found = {}
    for value in reader.read(text, intent):
        found.setdefault(value.entity, []).append(value.value)
    return {entity: values[0] if len(values) == 1 else values for entity, values in found.items()}


@pytest.mark.parametrize(
    ("text", "lowest", "highest"),
    [
        ("三百来块的", "240", "360"),
        ("百来块的", "80", "120"),
        ("千把块钱的", "800", "1200"),
        ("一百多的", "100", "200"),
        ("一千两百多块的", "1200", "1300"),
        ("两千出头的", "2000", "2400"),
        ("三四百的", "300", "400"),
        ("两三百块的", "200", "300"),
        ("改成五百到八百", "500", "800"),
        ("价格２００－３００", "200", "300"),
        ("５００～８００元", "500", "800"),
        ("1k5左右", "1200", "1800"),
        ("2w以内", None, "20000"),
        ("预算四千多", None, "5000"),
        ("三百蚊以內", None, "300"),
        ("别高于300", None, "300"),
        ("唔好過三百", None, "300"),
        ("一千打底", "1000", None),
        ("千元以内", None, "1000"),
        ("一百五起，三百到顶", "150", "300"),
    ],
)
def test_an_amount_is_a_limit(reader, text, lowest, highest):
    limits = {"price_min": lowest, "price_max": highest}
    assert named(reader, text, REFINE) == {name: value for name, value in limits.items() if value}


@pytest.mark.parametrize("text", ["来四十把椅子", "一百多天", "三百多人", "40到42的鞋", "100到200个", "跑步五到十公里"])
def test_what_counts_something_else_is_no_price(reader, text):
    assert not {"price_min", "price_max"} & set(named(reader, text, SEARCH))


def test_a_large_amount_in_words_closes_a_search(reader):
    assert named(reader, "三脚架 一千二", SEARCH) == {"product_query": "三脚架", "price_max": "1200"}
    assert "price_max" not in named(reader, "三脚架 十二", SEARCH)


@pytest.mark.parametrize(
    ("text", "intent", "value"),
    [
        ("四十二码的跑鞋", SEARCH, "Size 42"),
        ("尺码四十四", REFINE, "Size 44"),
        ("黑色42还有不", "ask_stock", "Size 42"),
        ("44的还有吗", "ask_stock", "Size 44"),
        ("要16G的", REFINE, "16GB"),
        ("四个T的硬盘", SEARCH, "4TB"),
        ("一百二十八G", "inform", "128GB"),
        ("希捷2T硬盘", SEARCH, "2TB"),
    ],
)
def test_a_size_is_read(reader, text, intent, value):
    assert named(reader, text, intent)["option_value"] == value


@pytest.mark.parametrize(
    ("text", "intent"),
    [("500g的大米", SEARCH), ("换大一码的", "exchange_product"), ("3号", "inform"), ("42双", "add_to_cart")],
)
def test_what_is_no_size_is_none(reader, text, intent):
    assert "option_value" not in named(reader, text, intent)


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("给我来一对这个", "add_to_cart", {"quantity": "2", "reference": "it"}),
        ("这个来一打", "add_to_cart", {"quantity": "12", "reference": "it"}),
        ("从三个改成五个", "change_quantity", {"quantity": "5"}),
        ("买两盏台灯", "add_to_cart", {"quantity": "2", "product_query": "台灯"}),
        ("换一双大的", "exchange_product", {}),
        ("2号还有货么", "ask_stock", {"ordinal": "2"}),
        ("都第七天了", "track_refund", {}),
        ("前三个比一比", "compare_products", {"ordinal": ["1", "2", "3"]}),
        ("限現貨，有貨的", REFINE, {"in_stock": "true"}),
    ],
)
def test_a_count_is_what_is_counted(reader, text, intent, expected):
    assert named(reader, text, intent) == expected


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("最贵的那个多少钱", "ask_price", {"reference": "dearest"}),
        ("黑色那双拿掉", "remove_from_cart", {"colour": "black"}),
        ("那个白色也有吗", "ask_option", {"reference": "that", "colour": "white"}),
        ("呢個唔係我要嘅", "dismiss_product", {"reference": "it"}),
        ("這雙鞋太小了，退", "return_product", {"reference": "it", "product_query": "鞋", "reason": "does not fit"}),
        ("我那双鞋太小了，退", "return_product", {"product_query": "鞋", "reason": "does not fit"}),
        ("这价格谁说的", "ask_source", {}),
        ("再便宜几十块", REFINE, {"price_direction": "lower"}),
    ],
)
def test_what_points_and_what_does_not(reader, text, intent, expected):
    assert named(reader, text, intent) == expected


@pytest.mark.parametrize(
    ("text", "intent", "searched"),
    [
        ("单位采购显示器，请提供", SEARCH, "显示器"),
        ("家人们 求胶片机链接", SEARCH, "胶片机"),
        ("宿舍用的小台灯", SEARCH, "宿舍 小台灯"),
        ("蓝牙耳机，跑步用", SEARCH, "蓝牙耳机 跑步"),
        ("它防水不防水", "ask_option", "防水"),
        ("请问三脚架可以调节高度吗", "ask_option", "三脚架"),
        ("这两个给新手选哪个", "compare_products", "新手"),
        ("这盏灯配什么桌子", "ask_goes_with", "灯 桌子"),
        ("欧阳娜", "inform", "欧阳娜"),
        ("赵丽华", "inform", "赵丽华"),
        ("成都市武侯区天府大道88号", "inform", "成都市武侯区天府大道88号"),
        ("chen.jing@example.com", "inform", "chen.jing@example.com"),
    ],
)
def test_what_is_searched_for_is_left(reader, text, intent, searched):
    assert named(reader, text, intent)["product_query"] == searched


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("塑料和聚酯纤维都不要", WISH, {"wish_exclude": ["塑料", "聚酯纤维"]}),
        ("真皮的东西一律不要", WISH, {"wish_exclude": "真皮"}),
        ("红色的我一概不考虑", WISH, {"wish_exclude": "red"}),
        ("耐克拉黑", WISH, {"wish_exclude": "Nike"}),
        ("我對羽絨敏感，唔好推", WISH, {"wish_exclude": "羽绒"}),
        ("L码是我的尺码", WISH, {"size": "L"}),
        ("我四十码的脚", WISH, {"size": "40"}),
        ("不要L码", WISH, {}),
        ("这次服务三星吧", "rate_service", {"rating": "3"}),
        ("三星的显示器", SEARCH, {"brand": "Samsung", "product_query": "显示器"}),
        ("尼康的相机", SEARCH, {"brand": "Nikkon", "product_query": "相机"}),
        ("1029改寄到我公司去", "change_address", {"order_number": "1029"}),
        ("建国路1029号", "change_address", {}),
        ("1029号楼改一下", "change_address", {}),
    ],
)
def test_a_wish_a_rating_and_an_order(reader, text, intent, expected):
    assert named(reader, text, intent) == expected


def test_that_something_is_wrong_is_no_reason_yet(reader):
    assert named(reader, "我收到的东西有问题", "report_problem") == {}


def test_cantonese_is_read_as_standard_chinese():
    assert plain("嗰對鞋冇啲嘢") == "那对鞋没些嘢"
    assert plain("你呢，呢個呢") == "你呢，这个呢"


def test_common_words_are_no_goods():
    assert {"所以", "昨天", "里面"} <= carrying_words()
    assert {"提供", "采购"} <= common_verbs()
    assert not {"台灯", "摄像头", "防滑"} & (carrying_words() | common_verbs())


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("想买锅", "锅"),
        ("这两床被子", "被子"),
        ("牙胶有吗", "牙胶"),
        ("有卖防烫夹的吗", "防烫夹"),  # in no list: written together, and asked for
        ("办公室要添六张升降桌", "办公室 升降桌"),
        ("学步鞋有没有", "学步鞋"),
        ("剃头围布有没有", "剃头围布"),
        ("能听戏的老年机", "听戏 老年机"),
        ("咖啡馆用的椅子", "咖啡馆 椅子"),
    ],
)
def test_a_name_of_goods_is_kept_whole(reader, text, searched):
    assert named(reader, text, SEARCH)["product_query"] == searched


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("夜里改稿伤眼，想要一盏台灯", "台灯"),
        ("老爷子耳背 电视听不清 找个无线耳机", "无线耳机"),
        ("家里老人腿脚不好 找个轮椅", "轮椅"),
        ("旧书架快塌了，该换个结实的", "书架 结实"),
        ("找个老花镜 她看不清", "老花镜"),
        ("羽毛球拍 有没有碳素的", "羽毛球拍 碳素"),
        ("蓝牙音箱 低音要猛的", "蓝牙音箱 低音"),
    ],
)
def test_a_story_is_not_searched_for(reader, text, searched):
    assert named(reader, text, SEARCH) == {"product_query": searched}


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("不晓得买啥子 你给指条路", "recommend", {}),
        ("听隔壁摊主说你们这周让利", "ask_deals", {}),
        ("我拍个照你给我认认有没有这款", "search_by_photo", {}),
        ("这礼拜舞鞋又出了什么", "ask_new", {"product_query": "舞鞋"}),
        ("有啥骨折价的摇摇凳", "ask_deals", {"product_query": "摇摇凳"}),
        ("室友说你们在打折", "ask_deals", {}),
        ("送室友的 有啥打折", "ask_deals", {"adjustment": "gift"}),
        ("帐篷有了 缺啥零碎你给说说", "ask_goes_with", {"product_query": "帐篷"}),
        ("班里四十二个孩子，跳绳你们凑得齐吗", "ask_stock", {"quantity": "42", "product_query": "跳绳"}),
    ],
)
def test_only_goods_are_named_where_the_shop_chooses(reader, text, intent, expected):
    assert named(reader, text, intent) == expected


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("以后超过一百的别给我看", WISH, {"price_max": "100"}),
        ("一百以下的就别列了", REFINE, {"price_min": "100"}),
        ("一百以下的，别太花", REFINE, {"price_max": "100"}),
        ("功率低于八百瓦的", REFINE, {}),
        ("评价高的靠前", "sort_results", {}),
        ("按销量从高到低", "sort_results", {}),
        ("从高到低", "sort_results", {"sort": "price_desc"}),
        ("最贵的搁第一个", "sort_results", {"sort": "price_desc"}),
        ("颜色就要蓝的", REFINE, {"colour": "blue"}),
        ("太贵了太贵了 便宜些的", REFINE, {"price_direction": "lower"}),
        ("XL码的还有吗", "ask_stock", {"option_value": "Size XL", "option_name": "size"}),
        ("42还有么", "ask_stock", {"option_value": "Size 42"}),
        ("38的还有货不", "ask_stock", {"option_value": "Size 38", "option_name": "size"}),
    ],
)
def test_a_limit_and_an_order_are_what_is_meant(reader, text, intent, expected):
    assert named(reader, text, intent) == expected


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("这件衣服丑 别显示它了", "dismiss_product", {"reference": "it", "product_query": "衣服"}),
        ("第二件太丑 别显示它了", "dismiss_product", {"ordinal": "2"}),
        ("拉黑这款", "dismiss_product", {"reference": "it"}),
        ("一打开全是鱼竿", "adjust_recommendations", {}),
        ("二比一好在哪", "compare_products", {"ordinal": ["2", "1"]}),
        ("二号和一号选谁", "compare_products", {"ordinal": ["2", "1"]}),
        ("啥牌都成", "adjust_recommendations", {"aspect": "brand", "adjustment": "ignore"}),
        ("贵点无妨", "adjust_recommendations", {"aspect": "price", "adjustment": "ignore"}),
        ("对味，照这样推", "adjust_recommendations", {"adjustment": "more"}),
    ],
)
def test_who_points_is_understood_once(reader, text, intent, expected):
    assert named(reader, text, intent) == expected


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("带羊毛的我身上起疹子 避开", WISH, {"wish_exclude": "羊毛"}),
        ("从不穿粉", WISH, {"wish_exclude": "pink"}),
        ("我对镍过敏", WISH, {"wish_exclude": "镍"}),
        ("过日子得有数，超过三百的别往我跟前端", WISH, {"price_max": "300"}),
        ("华为以外的手机都甭给我看", WISH, {}),
        ("有毒的植物以后都甭推", WISH, {}),
        ("植物以后都甭推", WISH, {"wish_exclude": "Plants"}),
        ("把小米从黑名单里放出来", "undo_adjustment", {"wish_exclude": "小米"}),
        ("之前说不要黑色那条作废", "undo_adjustment", {"wish_exclude": "black"}),
        ("之前那些要求都忘了吧，恢复默认", "undo_adjustment", {"adjustment": "all"}),
    ],
)
def test_a_wish_names_what_is_avoided_and_nothing_else(reader, text, intent, expected):
    assert named(reader, text, intent) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王秀兰 兰花的兰", {"product_query": "王秀兰"}),
        ("要饲料桶", {"product_query": "饲料桶"}),
        ("张大军 弓长张", {"product_query": "张大军"}),
        ("大理双廊镇大建旁村12号", {"product_query": "大理双廊镇大建旁村12号"}),
        ("左边那件", {"reference": "that"}),
        ("因为颜色跟图片不一样", {"reason": "not as described"}),
    ],
)
def test_an_answer_is_all_that_was_asked_for(reader, text, expected):
    assert named(reader, text, "inform") == expected


QUANTITY, CART, REMOVE = "change_quantity", "add_to_cart", "remove_from_cart"
CANCEL, RETURN, EXCHANGE, REPORT = "cancel_order", "return_product", "exchange_product", "report_problem"
OPTION, PRICE, COMPARE, DETAILS = "ask_option", "ask_price", "compare_products", "show_details"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("两瓶不够，加到六瓶", "6"),
        ("原来填的三条，改五条", "5"),
        ("两双改一双", "1"),
        ("要三盏，不是四盏", "3"),
        ("手一抖点成了十个，我只要一个", "1"),
        ("再添一把，凑够五把", "5"),
        ("改一桶，三桶放不下", "1"),
        ("别四个了，两个够用", "2"),
        ("仨太多，俩就够", "2"),
        ("又来了两位客人，折叠椅改成八把", "8"),
        ("第一个改两个，第三个改四个", ["2", "4"]),
    ],
)
def test_of_several_counts_the_one_that_is_aimed_at_changes_the_cart(reader, text, wanted):
    assert named(reader, text, QUANTITY)["quantity"] == wanted


@pytest.mark.parametrize(
    ("text", "intent", "quantity"),
    [
        ("家里还剩两桶，拿掉吧", REMOVE, None),
        ("我妈也买了一个，别发了", CANCEL, None),
        ("三样里头把手套去掉", CANCEL, None),
        ("手一滑就下单了，取消", CANCEL, None),
        ("多下了一单，撤掉", CANCEL, None),
        ("隔壁便宜五十，退掉", CANCEL, None),
        ("两条裤子，退一条", RETURN, "1"),
        ("六把椅子，其中两把不要了", CANCEL, "2"),
        ("退两条裤子和三件外套", RETURN, ["2", "3"]),
        ("两件都退", RETURN, "2"),
        ("再捎上一个台灯", CART, "1"),
        ("回头一块儿买", CART, None),
        ("桌子是三个脚还是四个脚", OPTION, None),
    ],
)
def test_the_counts_of_a_story_are_none_of_what_is_to_go(reader, text, intent, quantity):
    assert named(reader, text, intent).get("quantity") == quantity


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("我一米九二睡得下吗", OPTION, None),
        ("99块9是吗", PRICE, None),
        ("往上一坐会塌吗", OPTION, None),
        ("二选一，听你的", COMPARE, None),
        ("给我摸一摸底", DETAILS, None),
        ("零头抹了吧", PRICE, None),
        ("抬头写市第五中学", "request_invoice", None),
        ("一号和三号", COMPARE, ["1", "3"]),
        ("二比一好在哪", COMPARE, ["2", "1"]),
        ("头俩里头哪个经用", COMPARE, ["1", "2"]),
        ("最底下那个拿掉", REMOVE, "-1"),
        ("末一个介绍下", DETAILS, "-1"),
    ],
)
def test_a_place_is_one_of_what_was_shown(reader, text, intent, expected):
    assert named(reader, text, intent).get("ordinal") == expected


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("这两盏差在哪", COMPARE, "both"),
        ("这几副哪副好", COMPARE, "all"),
        ("呢兩對邊對好", COMPARE, "both"),
        ("俩谁好", COMPARE, "both"),
        ("三台并排给我看", COMPARE, "all"),
        ("贵的那台比便宜的那台强在哪", COMPARE, ["dearest", "cheapest"]),
        ("两个我都想要，它们差在哪", COMPARE, "both"),
        ("太贵的那件去了", REMOVE, "dearest"),
        ("那台就它了，替我收着", CART, "that"),
        ("买它买它", CART, "it"),
        ("车里那个数调一下", QUANTITY, None),
        ("车里那两顶改三顶", QUANTITY, None),
        ("想要右手版的那种", EXCHANGE, None),
        ("把1036里的东西全部再买一次", "reorder", None),
    ],
)
def test_what_is_pointed_at_is_told_once(reader, text, intent, expected):
    assert named(reader, text, intent).get("reference") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("从M换成XL", ["Size M", "Size XL"]),
        ("128的不够用", "128GB"),
        ("从128G换成256G", ["128GB", "256GB"]),
        ("42.5的有吗", "Size 42.5"),
        ("刚买的小了一码，换44的", "Size 44"),
        ("尺码改成170", "Size 170"),
        ("跟图片两码事", None),
    ],
)
def test_what_is_exchanged_for_what_is_a_size_and_no_order(reader, text, expected):
    found = named(reader, text, EXCHANGE)
    assert found.get("option_value") == expected
    assert "order_number" not in found


def test_a_measure_in_numerals_is_no_count(reader):
    assert named(reader, "来一对五公斤的哑铃", CART) == {
        "quantity": "2",
        "option_value": "5 kg",
        "product_query": "哑铃",
    }


@pytest.mark.parametrize("text", ["那两百块几时还我", "那笔一百八走到哪了", "退的99块9到账没"])
def test_an_amount_at_the_desk_is_no_order(reader, text):
    assert "order_number" not in named(reader, text, "track_refund")


@pytest.mark.parametrize(
    ("text", "intent", "colour"),
    [
        ("屏幕黑了", REPORT, None),
        ("起红疙瘩，退", RETURN, None),
        ("还给白修吗", "ask_warranty", None),
        ("发来的是黑的", REPORT, "black"),
        ("白换黑", EXCHANGE, ["white", "black"]),
        ("那双红鞋退掉", RETURN, "red"),
    ],
)
def test_a_lone_character_is_a_colour_where_it_says_which(reader, text, intent, colour):
    assert named(reader, text, intent).get("colour") == colour


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("满分十分，给九分", None),
        ("十分里头给八分，扣两分", None),
        ("百分制我给九十五", None),
        ("慢了点，扣一颗，四颗", "4"),
        ("本来想给4分，给5分吧", "5"),
        ("十分满意，给5分", "5"),
        ("最多一分", "1"),
    ],
)
def test_a_rating_is_of_five(reader, text, rating):
    assert named(reader, text, "rate_service").get("rating") == rating


@pytest.mark.parametrize(
    ("text", "intent", "searched"),
    [
        ("热水袋从车里撤走", REMOVE, "热水袋"),
        ("饲料桶加到七个", QUANTITY, "饲料桶"),
        ("那台翻译机怎么样", DETAILS, "翻译机"),
        ("锅先拿走", REMOVE, "锅"),
        ("把两个搁篮子里", CART, None),
        ("来的是一床毛毯", REPORT, "毛毯"),
        ("买的血糖仪还保吗", "ask_warranty", "血糖仪"),
        ("孩子不爱玩，把积木退了", RETURN, "积木"),
        ("抬头写红星幼儿园，上次买的桌子", "request_invoice", "桌子"),
        ("A款和B款", COMPARE, None),
        ("指示灯常红", REPORT, "灯"),
        ("衣服被染了", REPORT, "衣服"),
    ],
)
def test_goods_are_known_by_how_they_end(reader, text, intent, searched):
    assert named(reader, text, intent).get("product_query") == searched


@pytest.mark.parametrize(
    ("text", "intent", "reason"),
    [
        ("少给我寄了一个", REPORT, "missing item"),
        ("你们发来的衣服有个洞", REPORT, "damaged on arrival"),
        ("我要蓝的你们发个绿的来", REPORT, "wrong item"),
        ("还没寄吧，换成大号", EXCHANGE, None),
        ("裤腿短了", EXCHANGE, "does not fit"),
        ("烤箱噪音太大", RETURN, "faulty"),
        ("跟想的不一样，退", RETURN, "not as described"),
    ],
)
def test_why_something_comes_back(reader, text, intent, reason):
    assert named(reader, text, intent).get("reason") == reason


def test_what_has_not_the_form_of_a_tax_number_is_no_sku(reader):
    assert named(reader, "税号91420103MA4KXYZ12P", "request_invoice") == {}


@pytest.mark.parametrize(
    ("text", "intent", "count"),
    [
        ("来三四个花盆", "add_to_cart", "3"),
        ("两三双跑步鞋加进去", "add_to_cart", "2"),
        ("改成七八个", "change_quantity", "7"),
        ("来三十四个花盆", "add_to_cart", "34"),
        ("一双40一双42，要三双", "change_quantity", "3"),
        ("五一要用，帐篷加两个", "add_to_cart", "2"),
        ("六一给娃买的，足球来一个", "add_to_cart", "1"),
    ],
)
def test_neighbouring_numerals_are_no_number_of_two_digits(reader, text, intent, count):
    assert named(reader, text, intent)["quantity"] == count


@pytest.mark.parametrize("text", ["昨晚十点下的单，取消", "下午3点买的，取消吧", "昨晚十一点多下的单，取消"])
def test_an_hour_counts_no_pieces(reader, text):
    assert "quantity" not in named(reader, text, "cancel_order")


@pytest.mark.parametrize(
    ("text", "value"), [("64G的多少钱", "64GB"), ("那个有没有256G的呀", "256GB"), ("硬盘有8T的吗", "8TB")]
)
def test_a_capacity_that_the_shop_lacks_is_one(reader, text, value):
    assert named(reader, text, "ask_option")["option_value"] == value


def test_grams_are_no_capacity(reader):
    assert "option_value" not in named(reader, "100g的茶叶", SEARCH)
