"""Deliveries as shoppers of many countries write them in one message: each part is found, and no part is guessed."""

from __future__ import annotations

import pytest

from shop.contact_text import find_contact, find_whole_contact

# Text | name | firm | street | town | postcode | country. All people are invented.
_DELIVERIES = """
Petra Kern, Lindenstr. 14, 50674 Köln, Germany, petra@example.com, express | Petra Kern | | Lindenstr. 14 | Köln | 50674 | DE
Jonas Vogt/nWerkhof GmbH/nAm Alten Hafen 3b/nD-28195 Bremen/njonas@example.com | Jonas Vogt | Werkhof GmbH | Am Alten Hafen 3b | Bremen | 28195 | DE
Uwe Brandt, Hinterhaus, Gartenweg 8, 04109 Leipzig, Deutschland, uwe@example.com | Uwe Brandt | | Gartenweg 8 | Leipzig | 04109 | DE
Camille Perrin, 12 bis rue des Lilas, 69003 Lyon, France, camille@example.com | Camille Perrin | | 12 bis rue des Lilas | Lyon | 69003 | FR
Luc Morel, 8, rue Sainte-Anne, 75001 Paris, France, luc@example.com, standard | Luc Morel | | 8, rue Sainte-Anne | Paris | 75001 | FR
Nuria Vidal, Calle de Toledo, 45, 28005 Madrid, España, nuria@example.com | Nuria Vidal | | Calle de Toledo, 45 | Madrid | 28005 | ES
Marco Ferri, Via Garibaldi, 12, 20121 Milano (MI), Italia, marco@example.com | Marco Ferri | | Via Garibaldi, 12 | Milano (MI) | 20121 | IT
Giulia Riva - Corso Francia 88 - 10138 Torino - Italy - giulia@example.com | Giulia Riva | | Corso Francia 88 | Torino | 10138 | IT
Sanne de Wit, Keizersgracht 204-2, 1016 DX Amsterdam, sanne@example.com | Sanne de Wit | | Keizersgracht 204-2 | Amsterdam | 1016 DX | NL
Bram Claes, Rue Haute 16 bte 3, 1000 Bruxelles, Belgium, bram@example.com | Bram Claes | | Rue Haute 16 bte 3 | Bruxelles | 1000 | BE
Noah Baumann, c/o Meier, Seestrasse 40, 8002 Zürich, Switzerland, noah@example.com | Noah Baumann | c/o Meier | Seestrasse 40 | Zürich | 8002 | CH
Lena Gruber, Mariahilfer Straße 77/12, 1060 Wien, Austria, lena@example.com | Lena Gruber | | Mariahilfer Straße 77/12 | Wien | 1060 | AT
Elin Åberg, Storgatan 21, 114 55 Stockholm, Sweden, elin@example.com, express please | Elin Åberg | | Storgatan 21 | Stockholm | 114 55 | SE
Just the stool. Ola Berg, Kirkegata 3, 0153 Oslo, Norway, ola@example.com | Ola Berg | | Kirkegata 3 | Oslo | 0153 | NO
It's for my dad: Nils Dahl, Havnegata 7, 7010 Trondheim, Norge. My mail: eva@example.com. express is fine | Nils Dahl | | Havnegata 7 | Trondheim | 7010 | NO
Name: Ida Holm/nStreet: Nørregade 12, 2. tv/nPostcode: 1165/nCity: København K/nCountry: Denmark/nEmail: ida@example.com | Ida Holm | | Nørregade 12, 2. tv | København K | 1165 | DK
Mikko Lahti, Mannerheimintie 40 A 12, 00100 Helsinki, Suomi, mikko@example.com | Mikko Lahti | | Mannerheimintie 40 A 12 | Helsinki | 00100 | FI
Sigríður Jónsdóttir, Laugavegur 28, 101 Reykjavík, Iceland, sigga@example.com | Sigríður Jónsdóttir | | Laugavegur 28 | Reykjavík | 101 | IS
Katarzyna Nowak, ul. Piękna 24/26 m. 7, 00-549 Warszawa, Poland, kasia@example.com | Katarzyna Nowak | | ul. Piękna 24/26 m. 7 | Warszawa | 00-549 | PL
Jakub Dvořák, Vinohradská 52, 120 00 Praha 2, Czech Republic, jakub@example.com | Jakub Dvořák | | Vinohradská 52 | Praha 2 | 120 00 | CZ
Eszter Szabó, 1051 Budapest, Sas utca 10, Hungary, eszter@example.com | Eszter Szabó | | Sas utca 10 | Budapest | 1051 | HU
Maria Papadaki, Ermou 15, 105 63 Athens, Greece, maria@example.com | Maria Papadaki | | Ermou 15 | Athens | 105 63 | GR
Rui Matos / Rua do Alecrim 31 / 1200-014 Lisboa / rui@example.com / normal | Rui Matos | | Rua do Alecrim 31 | Lisboa | 1200-014 | PT
João Lima, Av. Paulista, 1578, São Paulo, SP, 01310-200, Brazil, joao@example.com | João Lima | | Av. Paulista, 1578 | São Paulo, SP | 01310-200 | BR
Aoife Byrne, 7 Strand Road, Sandymount, Dublin 4, D04 X2F8, Ireland, aoife@example.com | Aoife Byrne | | 7 Strand Road, Sandymount | Dublin 4 | D04 X2F8 | IE
Sean Walsh, 3 Main Street, Kinsale, Co. Cork, P17 FX12, sean@example.com | Sean Walsh | | 3 Main Street | Kinsale, Co. Cork | P17 FX12 | IE
Tom Ellis, 5 Park View, Bath BA1 2QP, UK, tom@example.com | Tom Ellis | | 5 Park View | Bath | BA1 2QP | GB
standard delivery to Kay Moss at 9 Mill Row, Hexham NE46 1XQ. kay@example.com | Kay Moss | | 9 Mill Row | Hexham | NE46 1XQ | GB
dana fox, 14 birch road, leeds ls6 2ab, uk, dana@example.com, standard | dana fox | | 14 birch road | leeds | LS6 2AB | GB
Fiona Hart, Rose Cottage, 3 Church Lane, Bourton, Gloucestershire, GL54 2HS, UK, fiona@example.com | Fiona Hart | | Rose Cottage, 3 Church Lane | Bourton, Gloucestershire | GL54 2HS | GB
Mia Thompson, Unit 4, 22 Wattle Street, Newtown NSW 2042, Australia, mia@example.com | Mia Thompson | | Unit 4, 22 Wattle Street | Newtown NSW | 2042 | AU
Ethan Clarke, 9 Bourke St, Melbourne, VIC 3000, ethan@example.com | Ethan Clarke | | 9 Bourke St | Melbourne, VIC | 3000 | AU
Chloe Tremblay, 455 Rue Rachel E, Apt 5, Montreal, QC H2J 2H1, Canada, chloe@example.com | Chloe Tremblay | | 455 Rue Rachel E, Apt 5 | Montreal, QC | H2J 2H1 | CA
Owen Reid, 1200 Bay Street, Toronto ON M5R 2A5, owen@example.com | Owen Reid | | 1200 Bay Street | Toronto ON | M5R 2A5 | CA
Dwayne Carter, 1450 Oak Hill Drive, Apt 3B, Austin, TX 78704, United States, d@example.com, +1 512 555 0143 | Dwayne Carter | | 1450 Oak Hill Drive, Apt 3B | Austin, TX | 78704 | US
Rosa Diaz / 301 Elm St / Springfield, Illinois / 62704 / USA / rosa@example.com | Rosa Diaz | | 301 Elm St | Springfield, Illinois | 62704 | US
Yuki Tanaka, 2-11-3 Meguro, Meguro-ku, Tokyo 153-0063, Japan, yuki@example.com | Yuki Tanaka | | 2-11-3 Meguro, Meguro-ku | Tokyo | 153-0063 | JP
Kenji Mori, Room 302, 5-7 Gion, Kyoto 605-0073, Japan, kenji@example.com, standard | Kenji Mori | | Room 302, 5-7 Gion | Kyoto | 605-0073 | JP
Tan Wei Ling, 10 Bayfront Avenue #12-34, Singapore 018956, weiling@example.com | Tan Wei Ling | | 10 Bayfront Avenue #12-34 | Singapore | 018956 | SG
Chan Tai Man, Flat 5A, 12/F, 88 Nathan Road, Kowloon, Hong Kong, taiman@example.com | Chan Tai Man | | Flat 5A, 12/F, 88 Nathan Road, Kowloon | Hong Kong | | HK
Lin Mei-hua, No. 50, Sec. 2, Heping E. Rd., Da'an Dist., Taipei City 106, Taiwan, mei@example.com | Lin Mei-hua | | No. 50, Sec. 2, Heping E. Rd., Da'an Dist. | Taipei City | 106 | TW
Li Na, Room 1203, Building 5, 88 Century Avenue, Pudong, Shanghai 200120, China, lina@example.com | Li Na | | Room 1203, Building 5, 88 Century Avenue, Pudong | Shanghai | 200120 | CN
那就结账。林雅婷，高雄市左營區博愛二路777號12樓，813，台灣，yating@example.com，標準配送 | 林雅婷 | | 左營區博愛二路777號12樓 | 高雄市 | 813 | TW
何嘉欣，香港九龙弥敦道100号8楼A室，kayan@example.com，加急 | 何嘉欣 | | 九龙弥敦道100号8楼A室 | 香港 | | HK
周敏 13800001111 成都市武侯区人民南路四段11号 610041 中国 zhoumin@example.com 标准配送 | 周敏 | | 武侯区人民南路四段11号 | 成都市 | 610041 | CN
收货人：吴昊/n电话：13612345678/n地址：浙江省宁波市海曙区中山西路200号502室/n邮编：315010/n邮箱：wuhao@example.com | 吴昊 | | 海曙区中山西路200号502室 | 浙江省宁波市 | 315010 | CN
王芳，星展科技有限公司，上海市徐汇区漕溪北路18号5楼，200030，中国，wf@example.com，标准配送 | 王芳 | 星展科技有限公司 | 徐汇区漕溪北路18号5楼 | 上海市 | 200030 | CN
下单吧，寄给我爸：李国强，山东省烟台市芝罘区南大街5号，264000，中国，我的邮箱li@example.com | 李国强 | | 芝罘区南大街5号 | 山东省烟台市 | 264000 | CN
"""
_PARTS = ("name", "company", "street", "city", "postcode", "country")


def _cases() -> list[tuple[str, dict[str, str]]]:
    rows = [[cell.strip() for cell in line.split(" |")] for line in _DELIVERIES.strip().splitlines()]
    found = [(row[0].replace("/n", "\n"), dict(zip(_PARTS, row[1:], strict=True))) for row in rows]
    return [(text, {part: value for part, value in said.items() if value}) for text, said in found]


@pytest.mark.parametrize(("text", "said"), _cases())
def test_a_delivery_is_read_whole(text: str, said: dict[str, str]) -> None:
    found = dict(find_whole_contact(text))
    assert "@" in found.pop("email")
    assert found == said


@pytest.mark.parametrize(("text", "said"), _cases())
def test_it_is_read_alike_as_an_answer(text: str, said: dict[str, str]) -> None:
    found = dict(find_contact(text, "name"))
    found.pop("email")
    assert found == said


def test_a_second_name_is_a_firm_only_where_a_contact_was_asked_for() -> None:
    text = "Priya Anand, Brightwell Press, 30 King Street, Derby DE1 3GZ, UK, priya@example.com"
    assert find_contact(text, "name")["company"] == "Brightwell Press"
    # Where goods may stand before the name, two that may be a person leave it open.
    assert "name" not in find_whole_contact(text.replace("Priya Anand", "Wooden Stool"))


@pytest.mark.parametrize(
    "text",
    [
        "two laptops, 16 GB, 1500 dollars",
        "I need 3 of them, size 42, for 2000 euros in Germany",
        "32寸显示器一台，无线鼠标两个，先这样",
        "do you ship to 10115 Berlin, Germany?",
        "my order 20441, the 64GB tablet, arrived broken",
    ],
)
def test_other_numbers_are_no_delivery(text: str) -> None:
    assert "street" not in find_whole_contact(text)
